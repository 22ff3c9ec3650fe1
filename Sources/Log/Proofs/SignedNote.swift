/// A text with signatures under it, in the form of C2SP `signed-note`.
struct SignedNote: Hashable, Sendable {
  struct Signature: Hashable, Sendable {
    let name: String
    /// 4 bytes.
    let keyID: [UInt8]
    let bytes: [UInt8]

    var line: String { "— \(name) \(Base64.text(of: keyID + bytes))\n" }
  }

  /// Ends in a line end.
  let text: String
  let signatures: [Signature]

  var bytes: [UInt8] { Array((text + "\n" + signatures.map(\.line).joined()).utf8) }

  /// What keeps a note from being one, or from being believed.
  enum Fault: Error, Hashable, Sendable {
    case malformed(String)
    case forged(String)
  }

  init(text: String, signatures: [Signature]) {
    self.text = text
    self.signatures = signatures
  }

  /// Reads a note; nothing is believed yet.
  ///
  /// Throws `malformed` also where a key signs twice: two lines of one key are nothing a signer
  /// writes.
  init(_ bytes: [UInt8]) throws(Fault) {
    guard bytes.count <= 1 << 14, let all = String(validating: bytes, as: UTF8.self) else {
      throw .malformed("not a short text in UTF-8")
    }
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 10 }) else {
      throw .malformed("a control character")
    }
    guard bytes.last == 10 else { throw .malformed("the last line doesn't end") }
    let lines = all.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
    guard let blank = lines.lastIndex(of: ""), blank > 0, blank + 1 < lines.count else {
      throw .malformed("no signatures behind a blank line")
    }
    var signatures: [Signature] = []
    for line in lines[(blank + 1)...] {
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      guard words.count == 3, words[0] == "—", NoteName.isSound(words[1]),
        let bytes = Base64.bytes(of: words[2]), bytes.count > 4
      else { throw .malformed("a line that is no signature") }
      let signature = Signature(
        name: String(words[1]), keyID: Array(bytes[..<4]), bytes: Array(bytes[4...]))
      let isRepeated = signatures.contains {
        $0.name == signature.name && $0.keyID == signature.keyID
      }
      guard !isRepeated else { throw .malformed("two signatures of one key") }
      signatures.append(signature)
    }
    self.init(
      text: lines[..<blank].joined(separator: "\n") + "\n", signatures: signatures)
  }

  /// Throws `forged` where the key hasn't signed the text; other keys' lines are not looked at.
  func check(_ key: VerifierKey) throws(Fault) {
    guard let signature = signatures.first(where: { $0.name == key.name && $0.keyID == key.id })
    else { throw .forged("no signature of \(key.name)") }
    guard Ed25519.isSigned(Array(text.utf8), by: key.key, signature.bytes) else {
      throw .forged("the signature of \(key.name) doesn't fit the text")
    }
  }
}
