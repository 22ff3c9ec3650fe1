/// Numbers for keys, from 0 in the order they came, for ever.
///
/// One flat table and the keys' bytes: what is only to be recognised again costs its bytes and some
/// 20 more, and is read back by copying. The layout follows from the order alone.
struct Register: Sendable {
  /// The high half of an entry is its key's hash, the low half its number and one; 0 for none.
  private var slots = Column<UInt64>(repeating: 0, count: 16)
  /// Where each key begins: two bytes of length, the key, and what was put beside it.
  private var places = Column<UInt64>()
  private var heap = Heap()

  var count: Int { places.count }

  func number(of key: UnsafeRawBufferPointer) -> Int? { find(key, Mix.hash(key)) }

  func number(of key: String) -> Int? {
    var key = key
    return key.withUTF8 { number(of: UnsafeRawBufferPointer($0)) }
  }

  func number<Kind>(of id: ID<Kind>) -> Int? { id.withBytes { number(of: $0) } }

  /// The key's number, a new one where it has none; `beside` is kept with a new one.
  mutating func add(_ key: UnsafeRawBufferPointer, beside: [UInt8] = []) -> Int {
    let hash = Mix.hash(key)
    if let number = find(key, hash) { return number }
    if (count + 1) * 4 > slots.count * 3 { grow() }
    let length = UInt16(key.count)
    let number = count
    let place = withUnsafeTemporaryAllocation(byteCount: key.count + 2, alignment: 2) { room in
      room.storeBytes(of: length.littleEndian, as: UInt16.self)
      UnsafeMutableRawBufferPointer(rebasing: room[2...]).copyMemory(from: key)
      return heap.append(UnsafeRawBufferPointer(room), beside)
    }
    places.append(place)
    put(UInt64(hash) << 32 | UInt64(number + 1))
    return number
  }

  mutating func add(_ key: String, beside: [UInt8] = []) -> Int {
    var key = key
    return key.withUTF8 { add(UnsafeRawBufferPointer($0), beside: beside) }
  }

  mutating func add<Kind>(_ id: ID<Kind>, beside: [UInt8] = []) -> Int {
    id.withBytes { add($0, beside: beside) }
  }

  func key<R>(_ number: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    heap.with(places[number]) { bytes in
      body(UnsafeRawBufferPointer(rebasing: bytes[2..<(2 + Self.length(bytes))]))
    }
  }

  /// Shows what was put beside a key.
  func beside<R>(_ number: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    heap.with(places[number]) { bytes in
      body(UnsafeRawBufferPointer(rebasing: bytes[(2 + Self.length(bytes))...]))
    }
  }

  private static func length(_ entry: UnsafeRawBufferPointer) -> Int {
    Int(UInt16(littleEndian: entry.loadUnaligned(as: UInt16.self)))
  }

  private func find(_ key: UnsafeRawBufferPointer, _ hash: UInt32) -> Int? {
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while case let entry = slots[slot], entry != 0 {
      if UInt32(entry >> 32) == hash {
        let number = Int(entry & 0xffff_ffff) - 1
        if isKey(of: number, key) { return number }
      }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private func isKey(of number: Int, _ key: UnsafeRawBufferPointer) -> Bool {
    heap.with(places[number]) { bytes in
      guard Self.length(bytes) == key.count else { return false }
      return Mix.areSame(UnsafeRawBufferPointer(rebasing: bytes[2..<2 + key.count]), key)
    }
  }

  private mutating func put(_ entry: UInt64) {
    let mask = slots.count - 1
    var slot = Int(entry >> 32) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = entry
  }

  private mutating func grow() {
    let old = slots
    slots = Column(repeating: 0, count: old.count * 2)
    for slot in 0..<old.count where old[slot] != 0 { put(old[slot]) }
  }

  mutating func list(_ key: StaticString, _ fields: inout StateFields) {
    slots.list(key, &fields)
    places.list("places", &fields)
    heap.list("heap", &fields)
  }
}

/// Mixes bytes into numbers, the same ones in every process.
///
/// Whoever picks keys for it can make them collide: the keys here are signed for, or our own.
enum Mix {
  private static let first: UInt64 = 0xa076_1d64_78bd_642f
  private static let second: UInt64 = 0xe703_7ed1_a0b4_28db

  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(truncatingIfNeeded: sum(bytes, from: first) >> 16)
  }

  /// 64 bits that depend on all bytes and on the start.
  static func sum(_ bytes: UnsafeRawBufferPointer, from start: UInt64) -> UInt64 {
    var sum = start ^ UInt64(bytes.count)
    var index = 0
    while index + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      sum = folded(sum ^ UInt64(littleEndian: word), second)
      index += 8
    }
    var last: UInt64 = 0
    while index < bytes.count {
      last = last << 8 | UInt64(bytes[index])
      index += 1
    }
    return folded(folded(sum ^ last, second) ^ first, start | 1)
  }

  /// Whether two texts of the same length have the same bytes.
  static func areSame(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index + 8 <= left.count {
      guard
        left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
          == right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      else { return false }
      index += 8
    }
    while index < left.count {
      guard left[index] == right[index] else { return false }
      index += 1
    }
    return true
  }

  private static func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (high, low) = left.multipliedFullWidth(by: right)
    return high ^ low
  }
}
