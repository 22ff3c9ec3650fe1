import CISAL
import Kernel

/// Values by name: open addressing over one array, emptied at once.
///
/// A name's hash is as good as chance, so no other is made of it. Slots have nothing of the values:
/// a name that isn't there, as nearly all are that are asked for, costs one line of the cache.
struct KeyTable<Value: Sendable>: Sendable {
  private struct Slot {
    var key = KeyHash(high: 0, low: 0)
    /// The group that filled it; of any other it is free.
    var round: UInt32 = 0
    /// Where its value is.
    var place: UInt32 = 0
  }

  private var slots = [Slot](repeating: Slot(), count: 64)
  private var values: [Value] = []
  private var round: UInt32 = 1

  mutating func removeAll() {
    values.removeAll(keepingCapacity: true)
    guard round < .max else {
      self = KeyTable()
      return
    }
    round += 1
  }

  subscript(key: KeyHash) -> Value? {
    let slot = slots[index(of: key)]
    return slot.round == round ? values[Int(slot.place)] : nil
  }

  mutating func put(_ value: Value, _ key: KeyHash) {
    if values.count * 4 >= slots.count * 3 { grow() }
    let index = index(of: key)
    guard slots[index].round != round else {
      values[Int(slots[index].place)] = value
      return
    }
    slots[index] = Slot(key: key, round: round, place: UInt32(values.count))
    values.append(value)
  }

  /// Has the keys' places fetched, which are asked for soon: a large table's are in no cache.
  func warm(_ keys: ArraySlice<KeyHash>) {
    slots.withUnsafeBufferPointer { slots in
      guard let base = slots.baseAddress else { return }
      let mask = slots.count - 1
      for key in keys { weir_prefetch(base + Int(truncatingIfNeeded: key.low) & mask) }
    }
  }

  /// Where the key is, or would be.
  private func index(of key: KeyHash) -> Int {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: key.low) & mask
    while slots[index].round == round, slots[index].key != key { index = (index + 1) & mask }
    return index
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: old.count * 2)
    for slot in old where slot.round == round { slots[index(of: slot.key)] = slot }
  }
}
