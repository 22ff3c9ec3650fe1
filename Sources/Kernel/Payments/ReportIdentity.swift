/// What tells one report about a payment from another: 96 bits of what it says.
///
/// Two that differ are taken for one once in 10^28 times, and then an observation is missing.
struct ReportIdentity: Hashable, Sendable, BitwiseCopyable {
  fileprivate let high: UInt64
  fileprivate let low: UInt32

  init(
    _ status: String, _ order: String?, _ paid: String?, _ amount: String?, _ currency: String?,
    _ at: String?
  ) {
    var size = status.utf8.count + 6
    size += (order?.utf8.count ?? 0) + (paid?.utf8.count ?? 0) + (amount?.utf8.count ?? 0)
    size += (currency?.utf8.count ?? 0) + (at?.utf8.count ?? 0)
    (high, low) = withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { room in
      var count = 0
      func put(_ part: String?) {
        if var part {
          part.withUTF8 { utf8 in
            UnsafeMutableRawBufferPointer(rebasing: room[count...])
              .copyMemory(from: UnsafeRawBufferPointer(utf8))
            count += utf8.count
          }
        }
        room[count] = UInt8(ascii: "|")
        count += 1
      }
      put(status)
      put(order)
      put(paid)
      put(amount)
      put(currency)
      put(at)
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
