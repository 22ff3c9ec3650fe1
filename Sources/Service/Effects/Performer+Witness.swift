import Kernel
import Log
import Sagas

extension Performer {
  /// Keeps what was signed at the witness before any of it is sent (T4): what a restored log has
  /// forgotten is known there.
  ///
  /// Why it can't be sent yet, nil where nothing stands in the way.
  func keepSigned(_ effect: Effect) -> String? {
    guard let witness, case .settleTransfer(let request, let signed) = effect else { return nil }
    let entries = signed.map { attempt in
      SignedWitness.Entry(
        log: log, transfer: request.transfer.text, chain: request.chain, wallet: request.wallet,
        nonce: attempt.nonce, attempt: attempt.attempt, hash: attempt.hash, raw: attempt.raw)
    }
    do throws(DiskError) {
      try witness.keep(entries)
      return nil
    } catch {
      return "nothing is sent before the witness has it: \(error)"
    }
  }
}
