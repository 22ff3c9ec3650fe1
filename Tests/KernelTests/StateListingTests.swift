import Testing

@testable import Kernel

/// A state's bytes in memory.
private final class Bytes: StateSink, StateSource {
  var all: [UInt8] = []
  private var at = 0

  init(_ all: [UInt8] = []) { self.all = all }

  func put(_ bytes: UnsafeRawBufferPointer) { all += bytes }

  func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard buffer.count <= all.count - at else { return false }
    buffer.copyBytes(from: all[at..<(at + buffer.count)])
    at += buffer.count
    return true
  }
}

extension LedgerState {
  var listed: [UInt8] {
    let bytes = Bytes()
    var fields = StateFields(writing: bytes)
    var state = self
    state.list(&fields)
    return bytes.all
  }

  /// Nil where the bytes are none of a state's.
  static func read(_ listed: [UInt8]) -> LedgerState? {
    var fields = StateFields(reading: Bytes(listed))
    var state = LedgerState()
    state.list(&fields)
    return fields.isSound ? state : nil
  }
}

@Suite struct StateListingTests {
  @Test("does: goes on from a state that was written and read back as from the one that wasn't")
  func roundTrip() throws {
    for seed in 1...4 {
      var (whole, broken) = (Storm(seed: UInt64(seed)), Storm(seed: UInt64(seed)))
      for step in 0..<1_500 {
        if step % 7 == 0 {
          let listed = broken.world.state.listed
          broken.world.state = try #require(LedgerState.read(listed))
          #expect(broken.world.state.listed == listed)
        }
        let (one, other) = (whole.step(), broken.step())
        #expect("\(one)" == "\(other)", "seed \(seed), step \(step)")
      }
      #expect(whole.world.log.count > 500)
    }
  }

  @Test("does: two folds of one log are the same bytes, and so is a fold on top of a read one")
  func canonical() throws {
    var storm = Storm(seed: 5)
    for _ in 0..<2_000 { _ = storm.step() }
    var state = LedgerState()
    for (index, event) in storm.world.log.enumerated() {
      if index % 100 == 0 { state = try #require(LedgerState.read(state.listed)) }
      state.evolve(event)
    }
    #expect(state.listed == storm.world.state.listed)
  }

  @Test("refuses: bytes that are cut anywhere")
  func cut() {
    var storm = Storm(seed: 6)
    for _ in 0..<150 { _ = storm.step() }
    let listed = storm.world.state.listed
    for count in stride(from: 0, to: listed.count, by: listed.count / 400 + 1) {
      #expect(LedgerState.read(Array(listed[..<count])) == nil, "\(count) of \(listed.count)")
    }
  }

  @Test("ignores: a flipped bit ends no reader, whatever it makes of it")
  func flipped() {
    var storm = Storm(seed: 7)
    for _ in 0..<150 { _ = storm.step() }
    var listed = storm.world.state.listed
    var refused = 0
    for index in stride(from: 0, to: listed.count, by: 13) {
      for bit in [0, 3, 7] as [UInt8] {
        listed[index] ^= 1 << bit
        if LedgerState.read(listed) == nil { refused += 1 }
        listed[index] ^= 1 << bit
      }
    }
    #expect(refused > 0)
  }

  @Test("does: a state's shape is one number in every process")
  func shape() {
    func shape() -> UInt64? {
      StateFields.shape { fields in
        var state = LedgerState()
        state.list(&fields)
      }
    }
    #expect(shape() != nil && shape() == shape())
    #expect(StateFields.shape { $0.refuse() } == nil)
    #expect(
      shape()
        != StateFields.shape { fields in
          var state = LedgerState()
          var more = 0
          state.list(&fields)
          fields.number("more", &more)
        })
  }
}

@Suite struct RegisterTests {
  @Test("does: numbers keys in their order and finds each again, however many there are")
  func numbers() {
    var register = Register()
    let keys = (0..<5_000).map { "key-\($0 &* 7_919 % 5_000)-\($0 % 3)" }
    for (index, key) in keys.enumerated() {
      #expect(register.number(of: key) == nil)
      #expect(register.add(key, beside: [UInt8(index % 256)]) == index)
      #expect(register.add(key) == index)
    }
    for (index, key) in keys.enumerated() {
      #expect(register.number(of: key) == index)
      #expect(register.beside(index) { $0[0] } == UInt8(index % 256))
      #expect(register.key(index) { String(decoding: $0, as: UTF8.self) } == key)
    }
    #expect(register.number(of: "") == nil)
    #expect(register.number(of: "key-0") == nil)
  }

  @Test("does: ids are found as their texts are, and none that differs in one byte anywhere")
  func ids() throws {
    var register = Register()
    let ids = try (1...40).map { count in
      try #require(OrderID(text: String(repeating: "a", count: count)))
    }
    for (number, id) in ids.enumerated() {
      #expect(register.add(id, beside: [7]) == number)
      #expect(register.add(id.text) == number)
      #expect(register.number(of: id) == number)
      #expect(register.number(of: id.text) == number)
      #expect(id.withBytes { Array($0) } == Array(id.text.utf8))
    }
    // Whatever their hashes are: what tells them apart is every byte.
    for id in ids {
      for place in 0..<id.text.utf8.count {
        var bytes = Array(id.text.utf8)
        bytes[place] = UInt8(ascii: "b")
        let other = try #require(bytes.withUnsafeBytes { OrderID(utf8: $0) })
        #expect(register.number(of: other) == nil)
        let isSame = id.withBytes { left in other.withBytes { Mix.areSame(left, $0) } }
        #expect(!isSame, "\(other)")
      }
      #expect(id.withBytes { left in id.withBytes { Mix.areSame(left, $0) } })
    }
  }

  @Test("does: a copy keeps what it had when the other one grows")
  func copies() {
    var register = Register()
    for index in 0..<100 { _ = register.add("\(index)") }
    let copy = register
    for index in 100..<9_000 { _ = register.add("\(index)") }
    #expect(copy.count == 100)
    #expect(copy.number(of: "100") == nil)
    #expect(copy.number(of: "99") == 99)
    #expect(register.number(of: "8999") == 8_999)
  }

  @Test("does: packed values are read back as they were")
  func packed() {
    let numbers = [0, 1, -1, 63, 64, -64, -65, .max, .min + 1]
    let money = [
      Money(0, .usd), Money(.max, .eth), Money(.min, .usdt), Money(-1, .usd),
      Sample.usdt("24.25"),
    ]
    var packed = Packed()
    for number in numbers { packed.number(number) }
    for number in [nil, 0, 1, -1] as [Int?] { packed.number(number) }
    for amount in money { packed.money(amount) }
    for purpose in OrderPurpose.allCases { packed.word(purpose) }
    packed.text("")
    packed.text("é")
    packed.bytes.withUnsafeBytes { bytes in
      var hasty = Packed.Reader(bytes)
      hasty.skipNumbers(numbers.count + 4)
      for _ in money { hasty.skipMoney() }
      hasty.skipNumbers(OrderPurpose.allCases.count)
      #expect(hasty.text() == "")
      #expect(hasty.text() == "é")
      var reader = Packed.Reader(bytes)
      for number in numbers { #expect(reader.number() == number) }
      for number in [nil, 0, 1, -1] as [Int?] { #expect(reader.number() == number) }
      for amount in money { #expect(reader.money() == amount) }
      for purpose in OrderPurpose.allCases { #expect(reader.word() == purpose) }
      #expect(reader.text() == "")
      #expect(reader.text() == "é")
    }
  }
}
