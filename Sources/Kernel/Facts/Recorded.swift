/// A fact with its place in the log.
public struct Recorded: Sendable {
  /// Gap-free from 1 within the partition.
  public let position: UInt64
  /// Clamped so that it never falls along the log.
  public let at: Instant
  public let event: LedgerEvent

  public init(position: UInt64, at: Instant, event: LedgerEvent) {
    self.position = position
    self.at = at
    self.event = event
  }
}

/// The consistency boundary a fact belongs to, `family-<id>`; appends expect its version.
public struct StreamName: Hashable, Sendable, CustomStringConvertible {
  public let text: String
  init(_ family: StaticString, _ id: String) { text = joined(family, UInt8(ascii: "-"), id) }
  init(unchecked text: String) { self.text = text }
  init<Kind>(_ family: StaticString, _ id: ID<Kind>) {
    text = joined(family, UInt8(ascii: "-"), id.letters)
  }
  public var description: String { text }

  /// Reads `family-<id>`: small letters, a dash, and printable ASCII without spaces.
  public init?(text: String) {
    var text = text
    guard text.withUTF8({ Self.accepts(UnsafeRawBufferPointer($0)) }) else { return nil }
    self.text = text
  }

  /// Whether bytes are such a name.
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    isLabel(bytes, mark: UInt8(ascii: "-"))
  }
}

/// A label to find facts by, `kind:<id>`: `channel:`, `user:`, `order:`, `payment:`, `batch:`,
/// `swap:`, `transfer:`, `tx:` and `account:`.
public struct Tag: Hashable, Sendable, CustomStringConvertible {
  public let text: String
  init(_ kind: StaticString, _ id: String) { text = joined(kind, UInt8(ascii: ":"), id) }
  init(unchecked text: String) { self.text = text }
  init<Kind>(_ kind: StaticString, _ id: ID<Kind>) {
    text = joined(kind, UInt8(ascii: ":"), id.letters)
  }
  public var description: String { text }

  /// Reads `kind:<id>`: small letters, a colon, and printable ASCII without spaces.
  public init?(text: String) {
    var text = text
    guard text.withUTF8({ Self.accepts(UnsafeRawBufferPointer($0)) }) else { return nil }
    self.text = text
  }

  /// Whether bytes are such a label.
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    isLabel(bytes, mark: UInt8(ascii: ":"))
  }

  /// Everything of one client, in order: what a timeline reads.
  public static func channel(_ key: ChannelKey) -> Tag { Tag("channel", key) }
  /// Everything of one account: sign-ins, rights, channels.
  public static func account(_ id: AccountID) -> Tag { Tag("account", id) }
  public static func payment(_ id: PaymentID) -> Tag { Tag("payment", id) }
  public static func order(_ id: OrderID) -> Tag { Tag("order", id) }
  public static func batch(_ id: BatchID) -> Tag { Tag("batch", id) }
  public static func swap(_ id: SwapID) -> Tag { Tag("swap", id) }
  public static func transfer(_ id: TransferID) -> Tag { Tag("transfer", id) }
  public static func transaction(_ hash: String) -> Tag { Tag("tx", hash) }
}

/// A word of small letters, the mark, and at least one more byte of printable ASCII.
private func isLabel(_ bytes: UnsafeRawBufferPointer, mark: UInt8) -> Bool {
  guard bytes.count <= 240 else { return false }
  var end = 0
  while end < bytes.count, bytes[end] != mark {
    guard bytes[end] >= UInt8(ascii: "a"), bytes[end] <= UInt8(ascii: "z") else { return false }
    end += 1
  }
  guard end > 0, end + 1 < bytes.count else { return false }
  for index in end + 1..<bytes.count where bytes[index] <= 0x20 || bytes[index] >= 0x7f {
    return false
  }
  return true
}

// Made in one piece: every event that is appended has a stream and a few tags.
private func joined(_ word: StaticString, _ mark: UInt8, _ id: String) -> String {
  var id = id
  return id.withUTF8 { id in
    joined(word, mark, id.count) { $0.copyMemory(from: UnsafeRawBufferPointer(id)) }
  }
}

private func joined(_ word: StaticString, _ mark: UInt8, _ id: ShortText) -> String {
  joined(word, mark, id.count) { id.copy(to: $0) }
}

private func joined(
  _ word: StaticString, _ mark: UInt8, _ count: Int,
  _ copy: (UnsafeMutableRawBufferPointer) -> Void
) -> String {
  let start = word.utf8CodeUnitCount + 1
  return String(unsafeUninitializedCapacity: start + count) { out in
    for index in 0..<start - 1 { out[index] = word.utf8Start[index] }
    out[start - 1] = mark
    copy(
      UnsafeMutableRawBufferPointer(
        UnsafeMutableBufferPointer(rebasing: out[start..<start + count])))
    return start + count
  }
}
