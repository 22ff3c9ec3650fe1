import Testing

@testable import Log

@Suite struct SignedNoteTests {
  private static let log = String(repeating: "5a", count: 16)
  private static let key = SigningKey.fresh(name: Checkpoint.origin(ofLog: log))

  private func checkpoint(_ size: UInt64 = 12, origin: String? = nil) -> Checkpoint {
    let root = [UInt8(1)].withUnsafeBytes { Chain().hash($0) }
    return Checkpoint(
      origin: origin ?? Checkpoint.origin(ofLog: Self.log), size: size, root: root, head: .zero)
  }

  private func open(_ bytes: [UInt8], _ key: VerifierKey = key.verifier) throws(ProofError) {
    _ = try SealedCheckpoint(bytes, key: key, place: "here")
  }

  private func open(_ text: String) throws(ProofError) { try open(Array(text.utf8)) }

  /// The one kind of refusal.
  private func kind(_ body: () throws(ProofError) -> Void) -> String {
    do throws(ProofError) {
      try body()
      return "taken"
    } catch {
      return String(error.description.prefix { $0 != ":" })
    }
  }

  @Test("does: a key and a note that Go's note package made are read and believed")
  func foreign() throws {
    let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    let key = try #require(VerifierKey(text: text))
    #expect(key.text == text)
    let note = """
      If you think cryptography is the answer to your problem,
      then you don't know what your problem is.

      — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotp\
      RZb6KE6RyyBwJnAM=

      """
    let parsed = try SignedNote(Array(note.utf8))
    try parsed.check(key)
    #expect(String(decoding: parsed.bytes, as: UTF8.self) == note)
  }

  @Test("does: keys keep their form, and print nothing of the private half")
  func keys() throws {
    let text = Self.key.fileText
    let again = try #require(SigningKey(fileText: text))
    #expect(again.fileText == text)
    #expect(again.verifier == Self.key.verifier)
    #expect(VerifierKey(text: Self.key.verifier.text) == Self.key.verifier)
    let shown = "\(Self.key) \(String(reflecting: Self.key)) \([Self.key])"
    #expect(!shown.contains(text.suffix(40)))
    for text in [text, Self.key.verifier.text] {
      for index in text.utf8.indices {
        var bytes = Array(text.utf8)
        bytes[text.utf8.distance(from: text.startIndex, to: index)] ^= 2
        let bad = String(decoding: bytes, as: UTF8.self)
        #expect(SigningKey(fileText: bad) == nil)
        #expect(VerifierKey(text: bad) == nil)
      }
    }
  }

  @Test("does: what is sealed opens, and no byte of it may change")
  func sealed() throws {
    let sealed = SealedCheckpoint(checkpoint(), sealedBy: Self.key, place: "here")
    let opened = try SealedCheckpoint(sealed.bytes, key: Self.key.verifier, place: "here")
    #expect(opened.checkpoint == checkpoint())
    for index in sealed.bytes.indices {
      for bit in 0..<8 {
        var bytes = sealed.bytes
        bytes[index] ^= 1 << bit
        #expect(throws: ProofError.self) { try open(bytes) }
      }
      var bytes = sealed.bytes
      bytes.remove(at: index)
      #expect(throws: ProofError.self) { try open(bytes) }
      bytes = sealed.bytes
      bytes.insert(bytes[index], at: index)
      #expect(throws: ProofError.self) { try open(bytes) }
    }
  }

  @Test("refuses: malformed notes, other logs, other keys and lines twice, each by name")
  func refuses() throws {
    let note = Self.key.sign(checkpoint().text)
    let text = String(decoding: note.bytes, as: UTF8.self)
    let line = note.signatures[0].line
    #expect(kind { () throws(ProofError) in try open(text) } == "taken")
    for bad in [
      "", "\n", text + line, text + "\n", String(text.dropLast()), note.text, note.text + "\n",
      "\n\n" + line, text.replacing("— ", with: "- "), text + "— other\n", text + "— other AAA=\n",
      text.replacing("chain ", with: "hash "), text.replacing("\n12\n", with: "\n012\n"),
      text.replacing("\n12\n", with: "\n-1\n"), text.replacing("\n12\n", with: "\n0\n"),
      text.replacing("=\nchain", with: "\nchain"), text.replacing("\n12\n", with: "\n12\r\n"),
    ] {
      #expect(kind { () throws(ProofError) in try open(bad) } == "checkpoint-malformed", "\(bad)")
    }
    let other = SigningKey.fresh(name: Self.key.verifier.name)
    #expect(
      kind { () throws(ProofError) in try open(other.sign(checkpoint().text).bytes) }
        == "checkpoint-forged")
    let forged = text.replacing("\n12\n", with: "\n13\n")
    #expect(kind { () throws(ProofError) in try open(forged) } == "checkpoint-forged")
    let elsewhere = checkpoint(origin: "weir/" + String(repeating: "0", count: 32))
    #expect(
      kind { () throws(ProofError) in try open(Self.key.sign(elsewhere.text).bytes) }
        == "checkpoint-of-another-log")
    // A witness's own signature beside ours is no harm.
    let witness = SigningKey.fresh(name: "witness").sign(note.text).signatures
    let both = SignedNote(text: note.text, signatures: witness + note.signatures)
    #expect(kind { () throws(ProofError) in try open(both.bytes) } == "taken")
  }

  @Test("does: a witness's file falls apart into its notes, wherever it was cut")
  func witness() throws {
    let notes = (1...4).map {
      SealedCheckpoint(checkpoint($0), sealedBy: Self.key, place: "here").bytes
    }
    let all = notes.flatMap { $0 }
    for length in 0...all.count {
      let file = WitnessFile(Array(all.prefix(length)))
      let whole = notes.indices.filter { notes.prefix($0 + 1).map(\.count).reduce(0, +) <= length }
      #expect(file.notes == whole.map { notes[$0] })
      #expect(file.notes.flatMap(\.self) + file.rest == Array(all.prefix(length)))
      let tail = WitnessFile.tail(Array(all.suffix(length)))
      #expect(tail.notes.count <= 4)
      if tail.notes.count > 0 { #expect(tail.notes.last == notes[3]) }
      #expect(tail.rest.isEmpty)
    }
  }
}
