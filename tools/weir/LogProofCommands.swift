import Kernel
import Log
import Service

extension Command {
  static let logVerify = Command(
    "log verify", "Reads the whole log and checks it against everything that is known of it",
    options: [
      dataOption, storeOption,
      Option("witness", "FILE", "the log must begin with every checkpoint of this file too"),
      Option("key", "VKEY", "the key of `weir log key` as it was once written down outside"),
    ],
    notes: [
      "Frames, checksums, the hash chain, positions, versions, canonical bodies and balances;",
      "then the tree's root, the chain and the signature of the newest checkpoint.",
      "Prints one line: events, head position, head hash, checkpoints. Exit code 3 says the log is",
      "damaged, or not what was signed.",
    ]
  ) { (arguments) throws(Failure) in
    let folder = DataFolder(arguments.required("data"))
    var key: VerifierKey?
    if let text = arguments["key"] {
      key = VerifierKey(text: text)
      if key == nil { throw Failure(.usage, "--key is no verifier key") }
    }
    let log = try folder.openLog(arguments)
    let checkpoints = try proving { () throws(ProofError) in
      try LogProof.verify(log, files: folder.checkpoints, witness: arguments["witness"], key: key)
    }
    return try reading { () throws(StoreError) in
      let found = try log.verify()
      arguments.terminal.put(
        "ok events=\(found.events) position=\(found.head.position) "
          + "hash=\(HexText.of(found.head.hash)) checkpoints=\(checkpoints)")
      return .success
    }
  }

  static let logProve = Command(
    "log prove", "Proves one event, or an older log, against the newest checkpoint",
    operandText: "[POSITION]", operands: 0...1,
    options: [
      dataOption, storeOption,
      Option("from", "SIZE", "prove that the first SIZE events are how the log begins"),
    ],
    notes: [
      "Prints one JSON object: the event, the hashes from its leaf to the root (RFC 6962) in",
      "base64, and the checkpoint. It convinces whoever trusts the key of `weir log key`.",
    ]
  ) { (arguments) throws(Failure) in
    let folder = DataFolder(arguments.required("data"))
    let isEvent = arguments.operands.count == 1
    guard isEvent != (arguments["from"] != nil) else {
      throw Failure(.usage, "a POSITION or --from SIZE, one of them")
    }
    guard let number = UInt64(arguments.operands.first ?? arguments["from"] ?? "") else {
      throw Failure(.usage, "positions and sizes are whole numbers from 1")
    }
    let log = try folder.openLog(arguments)
    let proof = try proving { () throws(ProofError) in
      isEvent
        ? try LogProof.inclusion(of: number, in: log, files: folder.checkpoints)
        : try LogProof.consistency(from: number, in: log, files: folder.checkpoints)
    }
    arguments.terminal.put(proof.json)
    return .success
  }

  static let logKey = Command(
    "log key", "Shows the public key that the log's checkpoints are signed with",
    options: [dataOption, storeOption],
    notes: [
      "One line in the form of C2SP signed-note: name+id+key. Write it down where whoever runs",
      "this machine can't change it. The private key is DIR/log-key.",
    ]
  ) { (arguments) throws(Failure) in
    let folder = DataFolder(arguments.required("data"))
    let log = try folder.openLog(arguments)
    let key = try proving { () throws(ProofError) in
      try folder.checkpoints.verifierKey(log: log.logID)
    }
    arguments.terminal.put(key.text)
    return .success
  }

  private static func proving<T>(_ body: () throws(ProofError) -> T) throws(Failure) -> T {
    do throws(ProofError) {
      return try body()
    } catch {
      throw Failure(error)
    }
  }
}

extension Failure {
  init(_ error: ProofError) {
    switch error {
    case .store(let error): self.init(error)
    case .files: self.init(.failure, error.description)
    case .key, .witness, .unsigned, .unproven: self.init(.refused, error.description)
    case .malformed, .forged, .otherLog, .truncated, .rewritten:
      self.init(.damaged, error.description)
    }
  }
}

extension DataFolder {
  /// The keys and checkpoints beside the log.
  var checkpoints: CheckpointFiles { CheckpointFiles(data: path) }
}
