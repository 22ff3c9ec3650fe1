import JSON
import Testing

/// Numbers that are the same in every run.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

@Suite struct JSONMutationTests {
  private static let seeds: [String] = [
    #"{"payment_id":5745459419,"parent_payment_id":null,"payment_status":"finished","#
      + #""actually_paid":15,"order_description":"\u00e9\ud83d\ude00 \/","outcome_amount":14.8106,"#
      + #""fee":{"currency":"btc","depositFee":0.09853637216235617,"withdrawalFee":"0"},"#
      + #""x":[1,[],{}]}"#,
    #"[[[[{"a":[{"b":[1e-7,-0,true,false,null,"\\\"\b\f\n\r\t"]}]}]]]]"#,
    " { \"\u{1F600}\" : [ 1 , 2.5E+10 , \"\u{E000}\u{2028}\" ] , \"\" : { \"k\" : \"v\" } }\r\n",
  ]
  private static let likely: [UInt8] =
    Array("{}[],:\"\\u0123dDeE+-. \n\0tfn".utf8) + [0x80, 0xC3, 0xED, 0xF0, 0xFF]

  @Test("survives: mutated texts; what parses is written and read back the same")
  func survivesMutations() throws {
    var random = Seeded(state: 0x5EED)
    var read = 0
    for round in 0..<20_000 {
      var bytes = Array(Self.seeds[round % Self.seeds.count].utf8)
      for _ in 0..<Int.random(in: 0...4, using: &random) { mutate(&bytes, &random) }
      guard let value = try? JSONValue.parse(bytes) else { continue }
      read += 1
      for style in [JSONStyle.asIs, .sorted, .sortedECMAScript] {
        let text = value.written(style)
        let again = try JSONValue.parse(text)
        #expect(again.written(style) == text)
        if style == .asIs { #expect(again == value) }
        if style == .sorted {
          #expect(again.written(.sortedECMAScript) == value.written(.sortedECMAScript))
        }
      }
    }
    #expect(read > 2000 && read < 19_000)
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout Seeded) {
    guard !bytes.isEmpty else { return }
    let at = Int.random(in: 0..<bytes.count, using: &random)
    let byte = Self.likely.randomElement(using: &random) ?? 0
    switch Int.random(in: 0..<5, using: &random) {
    case 0: bytes[at] = byte
    case 1: bytes.insert(byte, at: at)
    case 2: bytes.remove(at: at)
    case 3:
      let end = min(bytes.count, at + Int.random(in: 1...16, using: &random))
      bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0...bytes.count, using: &random))
    default: bytes.removeSubrange(at..<min(bytes.count, at + 3))
    }
  }
}
