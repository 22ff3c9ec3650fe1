/// Values by name: open addressing over one array, emptied at once.
///
/// A name's hash is as good as chance, so no other is made of it.
struct KeyTable<Value: Sendable>: Sendable {
  private struct Slot {
    var key: KeyHash
    var value: Value
    /// The group that filled it; of any other it is free.
    var round: UInt64
  }

  private var slots: [Slot]
  private var round: UInt64 = 1
  private var count = 0
  private let blank: Value

  /// - Parameter blank: What free slots hold.
  init(blank: Value) {
    self.blank = blank
    slots = Array(
      repeating: Slot(key: KeyHash(high: 0, low: 0), value: blank, round: 0), count: 64)
  }

  mutating func removeAll() {
    round += 1
    count = 0
  }

  subscript(key: KeyHash) -> Value? {
    let slot = place(of: key)
    return slots[slot].round == round ? slots[slot].value : nil
  }

  mutating func put(_ value: Value, _ key: KeyHash) {
    if count * 4 >= slots.count * 3 { grow() }
    let slot = place(of: key)
    if slots[slot].round != round { count += 1 }
    slots[slot] = Slot(key: key, value: value, round: round)
  }

  /// Where the key is, or would be.
  private func place(of key: KeyHash) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: key.low) & mask
    while slots[slot].round == round, slots[slot].key != key { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let old = slots
    slots = Array(
      repeating: Slot(key: KeyHash(high: 0, low: 0), value: blank, round: 0),
      count: old.count * 2)
    for entry in old where entry.round == round { slots[place(of: entry.key)] = entry }
  }
}
