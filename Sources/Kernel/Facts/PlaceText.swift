/// Where facts belong, as bytes in one room: what an append asks of every event, without an object
/// for any of them.
///
/// Each fact adds its stream's name, `family-<id>`, and then its tags, `kind:<id>`, in order.
public struct PlaceText: Sendable {
  @usableFromInline var text = CanonicalText()
  /// Where each label ends.
  @usableFromInline var ends: [Int] = []

  public init() {}

  /// Labels so far.
  public var count: Int { ends.count }

  public mutating func removeAll() {
    text.bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  /// Adds a fact's stream and tags.
  public mutating func add(_ event: LedgerEvent) { event.tell(&self) }

  /// Shows a label's bytes, which are printable ASCII.
  public func with<T>(_ label: Int, _ body: (UnsafeRawBufferPointer) -> T) -> T {
    let start = label == 0 ? 0 : ends[label - 1]
    return text.bytes.withUnsafeBytes {
      body(UnsafeRawBufferPointer(rebasing: $0[start..<ends[label]]))
    }
  }

  /// Shows the bytes of labels, from one on, to the last or before another.
  @inlinable public func forEach(
    from first: Int, to end: Int? = nil, _ body: (Int, UnsafeRawBufferPointer) -> Void
  ) {
    text.bytes.withUnsafeBytes { bytes in
      var start = first == 0 ? 0 : ends[first - 1]
      for label in first..<(end ?? ends.count) {
        body(label, UnsafeRawBufferPointer(rebasing: bytes[start..<ends[label]]))
        start = ends[label]
      }
    }
  }

  /// The stream that a label names.
  public func stream(_ label: Int) -> StreamName { StreamName(unchecked: string(label)) }
  public func tag(_ label: Int) -> Tag { Tag(unchecked: string(label)) }

  private func string(_ label: Int) -> String {
    with(label) { String(decoding: $0, as: UTF8.self) }
  }

  mutating func stream(_ family: StaticString, _ id: String) {
    put(family, UInt8(ascii: "-"), id)
  }

  mutating func stream<Kind>(_ family: StaticString, _ id: ID<Kind>) {
    put(family, UInt8(ascii: "-"), id)
  }

  mutating func channel(_ key: ChannelKey) { put("channel", UInt8(ascii: ":"), key) }
  mutating func channel(_ key: ChannelKey?) { if let key { channel(key) } }
  mutating func account(_ id: AccountID) { put("account", UInt8(ascii: ":"), id) }
  mutating func payment(_ id: PaymentID) { put("payment", UInt8(ascii: ":"), id) }
  mutating func order(_ id: OrderID) { put("order", UInt8(ascii: ":"), id) }
  mutating func order(_ id: OrderID?) { if let id { order(id) } }
  mutating func batch(_ id: BatchID) { put("batch", UInt8(ascii: ":"), id) }
  mutating func swap(_ id: SwapID) { put("swap", UInt8(ascii: ":"), id) }
  mutating func swap(_ id: SwapID?) { if let id { swap(id) } }
  mutating func transfer(_ id: TransferID) { put("transfer", UInt8(ascii: ":"), id) }

  /// Nothing where it is no hash but a provider's or a person's words: a log with a label that none
  /// is wouldn't open again.
  mutating func transaction(_ hash: String) {
    let (start, label) = (text.bytes.count, ends.count)
    put("tx", UInt8(ascii: ":"), hash)
    guard !with(label, Tag.accepts) else { return }
    text.bytes.removeSubrange(start...)
    ends.removeLast()
  }

  private mutating func put(_ word: StaticString, _ mark: UInt8, _ id: String) {
    var id = id
    id.withUTF8 { id in
      put(word, mark, id.count) { $0.copyMemory(from: UnsafeRawBufferPointer(id)) }
    }
  }

  private mutating func put<Kind>(_ word: StaticString, _ mark: UInt8, _ id: ID<Kind>) {
    put(word, mark, id.letters.count) { id.letters.copy(to: $0) }
  }

  private mutating func put(
    _ word: StaticString, _ mark: UInt8, _ count: Int,
    _ copy: (UnsafeMutableRawBufferPointer) -> Void
  ) {
    let start = word.utf8CodeUnitCount + 1
    text.write(most: start + count) { out in
      out.copyMemory(from: word.utf8Start, byteCount: start - 1)
      out.storeBytes(of: mark, toByteOffset: start - 1, as: UInt8.self)
      copy(UnsafeMutableRawBufferPointer(start: out + start, count: count))
      return start + count
    }
    ends.append(text.bytes.count)
  }
}
