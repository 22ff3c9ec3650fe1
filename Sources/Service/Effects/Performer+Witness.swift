import Kernel
package import Log
import Sagas

extension Performer {
  /// Keeps every signed transfer at a witness before it is sent (R3); `failed` is told where one
  /// can't be kept, and then isn't sent.
  package mutating func keepSigned(
    at witness: SignedWitness, log: String, failed: @escaping @Sendable (DiskError) -> Void
  ) {
    beforeBroadcast = Self.keeping(witness, log: log, failed: failed)
  }

  /// What keeps signed bytes at the witness before any of them leaves (T4), so that what a restored
  /// log has forgotten is known there.
  ///
  /// What can't be kept isn't sent; `failed` is told why.
  static func keeping(
    _ witness: SignedWitness, log: String, failed: @escaping @Sendable (DiskError) -> Void
  ) -> @Sendable (OpenTransfer, OpenTransfer.Attempt) async -> Bool {
    { transfer, attempt in
      let entry = SignedWitness.Entry(
        log: log, transfer: transfer.id.text, chain: transfer.requested.chain,
        wallet: transfer.requested.wallet, nonce: transfer.nonce, attempt: attempt.number,
        hash: attempt.hash, raw: attempt.raw)
      do throws(DiskError) {
        try witness.keep([entry])
        return true
      } catch {
        failed(error)
        return false
      }
    }
  }
}
