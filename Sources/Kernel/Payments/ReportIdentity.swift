/// What tells one report about a payment from another: 96 bits of what it says.
///
/// Two that differ are taken for one once in 10^28 times, and then an observation is missing.
struct ReportIdentity: Hashable, Sendable, BitwiseCopyable {
  fileprivate let high: UInt64
  fileprivate let low: UInt32

  init(_ status: String, _ paid: String?, _ amount: String?, _ currency: String?, _ at: String?) {
    let parts = [status, paid ?? "", amount ?? "", currency ?? "", at ?? ""]
    let size = parts.reduce(parts.count) { $0 + $1.utf8.count }
    (high, low) = withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { room in
      var count = 0
      for part in parts {
        for byte in part.utf8 {
          room[count] = byte
          count += 1
        }
        room[count] = UInt8(ascii: "|")
        count += 1
      }
      let bytes = UnsafeRawBufferPointer(room)
      return (
        Mix.sum(bytes, from: 0x8ebc_6af0_9c88_c6e3),
        UInt32(truncatingIfNeeded: Mix.sum(bytes, from: 0x5899_65cc_7537_4cc3))
      )
    }
  }

  fileprivate init(high: UInt64, low: UInt32) {
    self.high = high
    self.low = low
  }
}

/// A report that was taken in, and the place of the one before about the same payment.
struct Sighting: BitwiseCopyable, Sendable {
  private let high: UInt64
  private let low: UInt32
  let before: UInt32

  init(_ identity: ReportIdentity, before: UInt32) {
    high = identity.high
    low = identity.low
    self.before = before
  }

  var identity: ReportIdentity { ReportIdentity(high: high, low: low) }
}
