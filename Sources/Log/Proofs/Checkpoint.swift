import Kernel

/// What a log was at a moment: C2SP `tlog-checkpoint`, with the chain's head as its extension line.
///
///     weir/<log id>
///     <events>
///     <root of the tree in base64>
///     chain <chain hash of the last event in hex>
struct Checkpoint: Hashable, Sendable {
  let origin: String
  /// At least 1.
  let size: UInt64
  let root: Digest
  let head: Digest

  static func origin(ofLog log: String) -> String { "weir/" + log }

  var text: String {
    "\(origin)\n\(size)\n\(Base64.text(of: root.bytes))\nchain \(HexText.of(head.bytes))\n"
  }

  init(origin: String, size: UInt64, root: Digest, head: Digest) {
    self.origin = origin
    self.size = size
    self.root = root
    self.head = head
  }

  /// Reads a note's text; exactly what `text` gives is taken.
  init(text: String) throws(SignedNote.Fault) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 5, lines[4].isEmpty, lines[3].hasPrefix("chain ") else {
      throw .malformed("not origin, size, root and chain")
    }
    guard let size = UInt64(lines[1]), size > 0 else { throw .malformed("no size") }
    guard let bytes = Base64.bytes(of: lines[2]), let root = Digest(bytes) else {
      throw .malformed("no root")
    }
    guard let head = Digest(hexText: lines[3].dropFirst(6)) else { throw .malformed("no chain") }
    self.init(origin: String(lines[0]), size: size, root: root, head: head)
    guard self.text == text else { throw .malformed("not in the one form of a checkpoint") }
  }
}

/// A checkpoint in its note, its signature seen to be the key's.
struct SealedCheckpoint: Hashable, Sendable {
  let checkpoint: Checkpoint
  let bytes: [UInt8]
  /// The file it was read from, for messages.
  let place: String

  init(_ checkpoint: Checkpoint, sealedBy key: SigningKey, place: String) {
    self.checkpoint = checkpoint
    bytes = key.sign(checkpoint.text).bytes
    self.place = place
  }

  /// Throws `malformed`, `forged`, or `otherLog` where it isn't of the log that the key is named
  /// for.
  init(_ bytes: [UInt8], key: VerifierKey, place: String) throws(ProofError) {
    do throws(SignedNote.Fault) {
      let note = try SignedNote(bytes)
      checkpoint = try Checkpoint(text: note.text)
      // Told first: it is the likelier mistake.
      if checkpoint.origin == key.name { try note.check(key) }
    } catch {
      switch error {
      case .malformed(let what): throw .malformed(place: place, what: what)
      case .forged(let what): throw .forged(place: place, what: what)
      }
    }
    guard checkpoint.origin == key.name else {
      throw .otherLog(place: place, names: checkpoint.origin, log: key.name)
    }
    self.bytes = bytes
    self.place = "\(place), size \(checkpoint.size)"
  }

  /// Whether the log begins with what was signed, by the chain: the newest event's hash binds all
  /// before it.
  func check(headOf source: any EventSource) throws(ProofError) {
    let size = checkpoint.size
    let event = try proving { () throws(StoreError) in
      try source.read(after: size - 1, limit: 1).first
    }
    guard let event else {
      throw .truncated(place: place, size: size, head: source.head.position)
    }
    guard event.hash == checkpoint.head.bytes else { throw .rewritten(place: place, size: size) }
  }

  /// Whether a tree and a chain of the checkpoint's size are what was signed.
  func check(root: Digest, head: Digest) throws(ProofError) {
    guard root == checkpoint.root, head == checkpoint.head else {
      throw .rewritten(place: place, size: checkpoint.size)
    }
  }
}

extension Digest {
  /// Reads 64 small hex digits.
  init?(hexText text: some StringProtocol) {
    let digits = Array(text.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let high = Escapes.nibble(ofHex: digits[index]),
        let low = Escapes.nibble(ofHex: digits[index + 1])
      else { return nil }
      bytes.append(UInt8(high) << 4 | UInt8(low))
    }
    self.init(bytes)
  }
}
