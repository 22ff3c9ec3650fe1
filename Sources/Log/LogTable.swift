import CISAL
import Kernel

/// The index of some consecutive events in memory: which of them have a stream, a tag or a command.
///
/// Open addressing over arrays, and no object a key: some 150 bytes an event. What is sealed has
/// its index in the file, so this is needed for the segments that aren't yet.
struct LogTable: Sendable {
  /// The position before the first.
  let base: UInt64
  private(set) var count: UInt32 = 0
  private var keys = KeySlots()
  private var commands = KeyTable<LogIndex.Command>()

  init(after base: UInt64) { self.base = base }

  var last: UInt64 { base + UInt64(count) }

  /// Takes in the next event.
  mutating func take(_ stream: KeyHash, version: UInt64, tags: ArraySlice<KeyHash>) {
    let place = count
    count += 1
    keys.take(stream, place, version: UInt32(version))
    for tag in tags { keys.take(tag, place, version: 0) }
  }

  mutating func take(_ command: LogIndex.Command, of id: KeyHash) { commands.put(command, id) }

  /// Has the places of streams and tags fetched, which are asked for soon.
  func warm(_ names: ArraySlice<KeyHash>) { keys.warm(names) }

  /// The same of commands.
  func warm(commands ids: ArraySlice<KeyHash>) { commands.warm(ids) }

  /// The version of the stream's last event here; nil where there is none.
  func version(of stream: KeyHash) -> UInt64? {
    keys.find(stream).map { UInt64(keys.slots[$0].version) }
  }

  func command(_ id: KeyHash) -> LogIndex.Command? { commands[id] }

  /// Positions of a stream's events after a version.
  func positions(of stream: KeyHash, afterVersion version: UInt64, limit: Int) -> [UInt64] {
    guard let slot = keys.find(stream), limit > 0 else { return [] }
    let (last, count) = (UInt64(keys.slots[slot].version), UInt64(keys.slots[slot].count))
    guard version < last else { return [] }
    let skipped = version + count > last ? Int(version + count - last) : 0
    return keys.places(slot, from: skipped, limit: limit).map { base + 1 + UInt64($0) }
  }

  /// Positions of a tag's events after a position.
  func positions(of tag: KeyHash, after position: UInt64, limit: Int) -> [UInt64] {
    guard let slot = keys.find(tag), limit > 0, position < last else { return [] }
    let least = position > base ? UInt32(position - base) : 0
    let skipped = keys.count(slot, below: least)
    return keys.places(slot, from: skipped, limit: limit).map { base + 1 + UInt64($0) }
  }
}

/// Keys and the places of their events, in growing chunks of one array.
private struct KeySlots: Sendable {
  struct Slot {
    var hash = KeyHash(high: 0, low: 0)
    /// 0 where the slot is free.
    var count: UInt32 = 0
    /// The first place, so that most keys need no chunk.
    var first: UInt32 = 0
    /// Where the newest chunk begins; 0 for none.
    var chunk: UInt32 = 0
    /// The newest version, where the key is a stream.
    var version: UInt32 = 0
  }

  // A chunk: where the one before begins, how many places stand before it, its room, the places.
  private static let head = 3
  private static let roomMost: UInt32 = 1024

  private(set) var slots = [Slot](repeating: Slot(), count: 64)
  private var used = 0
  private var pool: [UInt32] = [0]

  mutating func take(_ hash: KeyHash, _ place: UInt32, version: UInt32) {
    if used * 4 >= slots.count * 3 { grow() }
    let index = slot(of: hash)
    if slots[index].count == 0 {
      used += 1
      slots[index] = Slot(hash: hash, count: 1, first: place, chunk: 0, version: version)
      return
    }
    // An event may have a tag twice.
    guard newest(index) != place else { return }
    append(place, index)
    slots[index].version = version
  }

  /// Has the slots fetched where the search for keys begins.
  func warm(_ hashes: ArraySlice<KeyHash>) {
    slots.withUnsafeBufferPointer { slots in
      guard let base = slots.baseAddress else { return }
      let mask = slots.count - 1
      for hash in hashes { weir_prefetch(base + Int(truncatingIfNeeded: hash.low) & mask) }
    }
  }

  func find(_ hash: KeyHash) -> Int? {
    let index = slot(of: hash)
    return slots[index].count > 0 ? index : nil
  }

  /// How many of a key's places lie below one.
  func count(_ index: Int, below place: UInt32) -> Int {
    let slot = slots[index]
    guard slot.first < place else { return 0 }
    var end = Int(slot.count)
    var chunk = Int(slot.chunk)
    while chunk > 0 {
      let before = Int(pool[chunk + 1])
      if pool[chunk + Self.head] < place {
        var low = before + 1
        while low < end {
          let middle = (low + end) / 2
          let found = pool[chunk + Self.head + middle - before]
          if found < place { low = middle + 1 } else { end = middle }
        }
        return low
      }
      end = before
      chunk = Int(pool[chunk])
    }
    return 1
  }

  /// Up to so many of a key's places, from the n-th on.
  func places(_ index: Int, from start: Int, limit: Int) -> [UInt32] {
    let slot = slots[index]
    let end = min(Int(slot.count), limit < Int.max - start ? start + limit : Int.max)
    guard start < end else { return [] }
    return [UInt32](unsafeUninitializedCapacity: end - start) { out, filled in
      var upper = end
      var chunk = Int(slot.chunk)
      while chunk > 0, upper > start {
        let before = Int(pool[chunk + 1])
        var number = max(before, start)
        while number < upper {
          out[number - start] = pool[chunk + Self.head + number - before]
          number += 1
        }
        upper = min(upper, before)
        chunk = Int(pool[chunk])
      }
      if start == 0 { out[0] = slot.first }
      filled = end - start
    }
  }

  private func newest(_ index: Int) -> UInt32 {
    let slot = slots[index]
    guard slot.chunk > 0 else { return slot.first }
    let before = pool[Int(slot.chunk) + 1]
    return pool[Int(slot.chunk) + Self.head + Int(slot.count - before) - 1]
  }

  private mutating func append(_ place: UInt32, _ index: Int) {
    let slot = slots[index]
    slots[index].count += 1
    var room: UInt32 = 2
    if slot.chunk > 0 {
      let chunk = Int(slot.chunk)
      let used = slot.count - pool[chunk + 1]
      guard used == pool[chunk + 2] else {
        pool[chunk + Self.head + Int(used)] = place
        return
      }
      room = min(pool[chunk + 2] * 2, Self.roomMost)
    }
    slots[index].chunk = UInt32(pool.count)
    pool.append(slot.chunk)
    pool.append(slot.count)
    pool.append(room)
    pool.append(place)
    for _ in 1..<room { pool.append(0) }
  }

  private func slot(of hash: KeyHash) -> Int {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: hash.low) & mask
    while slots[index].count > 0, slots[index].hash != hash { index = (index + 1) & mask }
    return index
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: old.count * 2)
    for entry in old where entry.count > 0 { slots[slot(of: entry.hash)] = entry }
  }
}
