import Kernel
import Log

/// Keys, checkpoints, the tree's edge and the witness, each put in place of a good one.
enum NoteTarget {
  private static let key = BaseLog.folder + "/log-key"
  private static let newest = BaseLog.folder + "/checkpoints/newest"
  private static let edge = BaseLog.folder + "/checkpoints/edge"
  private static let marker = BaseLog.folder + "/log.json"
  private static let witness = "/witness/notes"
  private static let places = [newest, edge, witness, key, marker]

  /// The key is a fixed one: whatever a run finds, the next one finds too.
  private static let keyText =
    "PRIVATE+KEY+weir/00000000000000000000000000000000+1efb5b36+"
    + "AQcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n"

  private static var files: [String: [UInt8]] { signed.files }

  /// The log's folder, signed twice, and the two texts that were signed.
  private static let signed: (files: [String: [UInt8]], texts: [Substring]) = {
    let disk = MemoryDisk(
      BaseLog.files.merging([key: Array(keyText.utf8)]) { _, key in key })
    do {
      let store = try BaseLog.open(disk)
      let notary = try Notary.open(store, log: BaseLog.id, files: proofs(disk))
      var texts: [Substring] = []
      for events in [[], [BaseLog.addition]] {
        _ = try store.append(events)
        try notary.sign()
        texts += String(decoding: notary.newest ?? [], as: UTF8.self).split(separator: "\n\n")
          .prefix(1)
      }
      try store.close()
      return (disk.contents, texts)
    } catch {
      preconditionFailure("the signed log: \(error)")
    }
  }()

  private static func proofs(_ disk: MemoryDisk) -> CheckpointFiles {
    CheckpointFiles(data: BaseLog.folder, witness: witness, disk: disk)
  }

  /// The first byte says which file; the rest stands in it.
  static func run(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let place = places[Int(first) % places.count]
    let given = Array(input.dropFirst())
    var changed = files
    changed[place] = given
    checkKey(given)
    guard let reader = try? FileLogReader.open(folder: BaseLog.folder, disk: MemoryDisk(changed))
    else { return }
    let proofs = proofs(MemoryDisk(changed))
    let count = try? LogProof.verify(reader, files: proofs, witness: witness)
    if count != nil, place == newest || place == witness {
      let text = String(decoding: given, as: UTF8.self)
      promise(
        text.isEmpty && place == witness || signed.texts.contains { text.hasPrefix($0) },
        "a checkpoint that nobody signed is believed")
    }
    _ = try? LogProof.inclusion(of: 2, in: reader, files: proofs)
    _ = try? LogProof.consistency(from: 3, in: reader, files: proofs)
    if let notary = try? Notary.open(reader, log: reader.logID, files: proofs) {
      _ = try? notary.sign()
    }
  }

  private static func checkKey(_ given: [UInt8]) {
    let text = String(decoding: given, as: UTF8.self)
    guard let key = VerifierKey(text: text) else { return }
    promise(key.text == text, "a verifier key has two spellings")
  }

  static func seeds() -> [[UInt8]] {
    places.enumerated().map { number, place in [UInt8(number)] + (files[place] ?? []) }
  }
}
