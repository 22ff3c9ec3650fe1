/// What an identifier may look like; one kind per thing, so that a payment's id can't stand in for
/// a batch's.
public protocol IDKind: Sendable {
  /// Whether the kind's ids may have these bytes, 1 to 160; none but printable ASCII.
  static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool
}

extension IDKind {
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool { areIDBytes(bytes) }
}

private func areIDBytes(_ bytes: UnsafeRawBufferPointer) -> Bool {
  allWords(of: bytes, areFine: IDBytes.areCommon) { isIDByte($0) }
}

/// Whether all bytes pass, eight at a time where there are as many; words that don't pass as a
/// whole are looked at byte by byte.
@inline(__always)
private func allWords(
  of bytes: UnsafeRawBufferPointer, areFine: (UInt64) -> Bool, isFine: (UInt8) -> Bool
) -> Bool {
  let count = bytes.count
  var index = 0
  while index < count {
    if index + 8 <= count, areFine(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) {
      index += 8
      continue
    }
    // The last word again from its end, as far as there is one.
    if count >= 8, index + 8 > count,
      areFine(bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
    {
      return true
    }
    for byte in bytes[index..<min(index + 8, count)] where !isFine(byte) { return false }
    index += 8
  }
  return true
}

// One bit a byte: "-", ".", "/", the digits, ":", "+" and "="; the letters, "_" and "|".
private func isIDByte(_ byte: UInt8) -> Bool {
  let bits: UInt64 = byte & 64 == 0 ? 0x27ff_e800_0000_0000 : 0x17ff_fffe_87ff_fffe
  return byte < 128 && bits >> UInt64(byte & 63) & 1 == 1
}

private func areDigits(_ bytes: UnsafeRawBufferPointer, from start: Int = 0) -> Bool {
  allWords(
    of: UnsafeRawBufferPointer(rebasing: bytes[start...]), areFine: IDBytes.areDigits
  ) { $0 &- 48 <= 9 }
}

/// Eight bytes of an id at a time.
private enum IDBytes {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The high bit of each byte from `low` to `high`; all bytes below 128.
  @inline(__always)
  private static func within(_ word: UInt64, _ low: UInt64, _ high: UInt64) -> UInt64 {
    (word &+ ones &* (128 - low)) & ~(word &+ ones &* (127 - high)) & highs
  }

  static func areDigits(_ word: UInt64) -> Bool {
    word & highs == 0 && within(word, 48, 57) == highs
  }

  /// Whether all are letters, digits, or one of `-./:`; other bytes of ids are rare.
  static func areCommon(_ word: UInt64) -> Bool {
    word & highs == 0
      && within(word | ones &* 0x20, 97, 122) | within(word, 45, 58) == highs
  }
}

/// An identifier of one kind: 1 to 160 bytes, never cut, never padded (P-30, P-39).
public struct ID<Kind: IDKind>: TextValue, Comparable, CustomStringConvertible {
  let letters: ShortText

  public init?(text: String) {
    var text = text
    guard let id = text.withUTF8({ Self(utf8: UnsafeRawBufferPointer($0)) }) else { return nil }
    self = id
  }

  public init?(utf8 bytes: UnsafeRawBufferPointer) {
    guard Self.accepts(bytes) else { return nil }
    letters = ShortText(bytes)
  }

  /// Whether bytes are an id of the kind.
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 1 && bytes.count <= 160 && Kind.accepts(bytes)
  }

  public var text: String { letters.text }

  /// Runs `body` with the text's bytes; no string is made of them.
  func withBytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T { letters.withBytes(body) }

  /// Bytes of the text, and a copy of them at the beginning of a room that holds as many.
  public var byteCount: Int { letters.count }
  public func copyBytes(to room: UnsafeMutableRawBufferPointer) { letters.copy(to: room) }

  public var isWritable: Bool { !letters.isEmpty }

  public func write(to out: inout CanonicalText) { out.put(letters) }

  /// Makes an id from text this program composed itself; anything else is a bug and traps.
  init(composed text: String) {
    guard let id = Self(text: text) else { preconditionFailure("composed a bad id: \(text)") }
    self = id
  }

  private init(unchecked letters: ShortText) { self.letters = letters }

  public static var blank: Self { Self(unchecked: .empty) }
  public var description: String { text }
  public static func == (left: Self, right: Self) -> Bool { left.letters == right.letters }
  public func hash(into hasher: inout Hasher) { letters.hash(into: &hasher) }
  public static func < (left: Self, right: Self) -> Bool { left.letters < right.letters }
}

public enum ChannelKind: IDKind {}
public enum OrderKind: IDKind {}
public enum InvoiceKind: IDKind {}
public enum ConversionKind: IDKind {}
public enum BatchKind: IDKind {}
public enum SplitKind: IDKind {}
public enum SwapKind: IDKind {}
public enum TransferKind: IDKind {}
public enum CommandKind: IDKind {}

public enum PaymentKind: IDKind {
  /// NOWPayments ids are decimal digits; any other spelling of a number is refused.
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count <= 40 && areDigits(bytes)
  }
}

public enum OpenChannelKind: IDKind {
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool { isTelegramChannel(bytes) }
}

public enum ClosedChannelKind: IDKind {
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool { isTelegramChannel(bytes) }
}

public enum UserKind: IDKind {
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count <= 16 && bytes.first != UInt8(ascii: "0") && areDigits(bytes)
  }
}

/// Telegram channel ids match `^-?[0-9]{5,14}$` (domain: `main_clients_database`).
private func isTelegramChannel(_ bytes: UnsafeRawBufferPointer) -> Bool {
  let sign = bytes.first == UInt8(ascii: "-") ? 1 : 0
  return bytes.count - sign >= 5 && bytes.count <= 14 && areDigits(bytes, from: sign)
}

/// The registered pair of an open and a closed channel; what everything of a client is keyed by.
public typealias ChannelKey = ID<ChannelKind>
/// The public Telegram channel where the offer is posted.
public typealias OpenChannelID = ID<OpenChannelKind>
/// The paid Telegram channel; only the registry converts it to a `ChannelKey` (P-05).
public typealias ClosedChannelID = ID<ClosedChannelKind>
public typealias OrderID = ID<OrderKind>
public typealias InvoiceID = ID<InvoiceKind>
/// The provider's own payment id: decimal digits.
public typealias PaymentID = ID<PaymentKind>
public typealias ConversionID = ID<ConversionKind>
public typealias BatchID = ID<BatchKind>
/// One payout request: 16 characters of A–Z and 0–9 (`split_payout_request.unique_id`).
public typealias SplitID = ID<SplitKind>
/// The swap provider's exchange id, kept whole.
public typealias SwapID = ID<SwapKind>
public typealias TransferID = ID<TransferKind>
/// Identity of a command; the same id again gives the first outcome.
///
/// Ids never expire.
public typealias CommandID = ID<CommandKind>
/// A Telegram user id.
public typealias UserID = ID<UserKind>

extension ChannelKey {
  /// The key a pair gets when it is registered; it stays the pair's key for ever.
  public init(registering open: OpenChannelID) { self.init(composed: "ch" + open.text) }
}
