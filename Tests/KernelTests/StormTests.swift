import Foundation
import Testing

@testable import Kernel

/// What deciders say is a contract beyond the tests of single rules: the same commands get the same
/// decisions, byte for byte, whatever way the state is kept.
@Suite struct StormTests {
  private static let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil

  /// FNV-1a of 64 bits.
  private struct Sum {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func take(_ bytes: some Sequence<UInt8>) {
      for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
  }

  @Test("does: decides 40,000 random commands as the first state of all did")
  func decisions() {
    var sum = Sum()
    var kinds: [String: Int] = [:]
    for seed in 1...(Self.isLong ? 300 : 20) {
      var storm = Storm(seed: UInt64(seed))
      for _ in 0..<2_000 {
        let decision = storm.step()
        switch decision {
        case .ignore: sum.take([1])
        case .refuse(let why): sum.take(why.text.utf8)
        case .accept(let events):
          for event in events {
            kinds[event.name, default: 0] += 1
            var writer = BodyWriter()
            writer.write(event)
            sum.take(event.name.utf8)
            sum.take(writer.out.bytes)
          }
        }
      }
    }
    #expect(kinds.count >= 44)
    #expect(sum.value == (Self.isLong ? 8_308_569_635_542_453_980 : 15_234_685_253_100_298_059))
  }
}
