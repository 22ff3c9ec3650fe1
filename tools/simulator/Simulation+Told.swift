package import Kernel
package import Log
import Sandbox
import Service

// What a run left behind, for those who judge it by rules of their own.
extension Simulation {
  /// A disk with what is safe; of one that has lied, with what its process reads.
  var kept: SimulatedDisk { disk.hasLied ? disk.copy() : disk.afterPowerCut(seed: 1) }

  /// The log's files at the end, by their names in its folder.
  package var files: [(name: String, bytes: [UInt8])] {
    let kept = kept
    let folder = ServiceSettings.folder + "/"
    return kept.paths.filter { $0.hasPrefix(folder) }.compactMap { path in
      kept.contents(of: path).map { (String(path.dropFirst(folder.count)), $0) }
    }
  }

  /// Every fact that is on the disk, as another machine reads it.
  package func facts() throws(StoreError) -> [LedgerEvent] {
    let store = try openStore(on: kept)
    return try store.facts(after: 0, limit: Int(store.head.position)).map(\.event)
  }

  /// What consumed the host wallet's nonces on chain, in their order; `isMoving` where value moved.
  package var consumed: [(nonce: Int, hash: String, isMoving: Bool)] {
    standIns.mined(of: witness.wallet).map { ($0.nonce, $0.hash, $0.money != nil) }
  }
}
