import Kernel

/// The public key of a log's notes, in the form of C2SP `signed-note`:
/// `name+key id in hex+base64(0x01 ‖ key)`.
public struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
  public let name: String
  let key: [UInt8]

  init(name: String, key: [UInt8]) {
    self.name = name
    self.key = key
  }

  /// Nil where the text is no Ed25519 key in that form, or the key id isn't its own.
  public init?(text: String) {
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, NoteName.isSound(parts[0]), let key = Base64.bytes(of: parts[2]),
      key.count == 33, key[0] == 1
    else { return nil }
    self.init(name: String(parts[0]), key: Array(key[1...]))
    guard HexText.of(id) == parts[1] else { return nil }
  }

  /// The first 4 bytes of `SHA-256(name ‖ "\n" ‖ 0x01 ‖ key)`.
  var id: [UInt8] { Array(SHA256.digest(of: Array(name.utf8) + [10, 1] + key).prefix(4)) }

  public var text: String { "\(name)+\(HexText.of(id))+\(Base64.text(of: [1] + key))" }
  public var description: String { text }
}

/// The key that signs a log's notes; it is never printed by accident.
///
/// Its file has the form of Go's `note` package:
/// `PRIVATE+KEY+name+key id in hex+base64(0x01 ‖ seed)`.
struct SigningKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  let verifier: VerifierKey
  private let seed: [UInt8]

  private init(name: String, seed: [UInt8]) {
    verifier = VerifierKey(name: name, key: Ed25519.publicKey(ofSeed: seed))
    self.seed = seed
  }

  /// A fresh one, from the system's randomness.
  static func fresh(name: String) -> SigningKey {
    var chance = SystemRandomNumberGenerator()
    return SigningKey(
      name: name, seed: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &chance) })
  }

  /// Nil where the text is no Ed25519 key in that form.
  init?(fileText text: String) {
    let start = "PRIVATE+KEY+"
    guard text.hasPrefix(start) else { return nil }
    let parts = text.dropFirst(start.count).split(
      separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, NoteName.isSound(parts[0]), let seed = Base64.bytes(of: parts[2]),
      seed.count == 33, seed[0] == 1
    else { return nil }
    self.init(name: String(parts[0]), seed: Array(seed[1...]))
    guard HexText.of(verifier.id) == parts[1] else { return nil }
  }

  /// What the key's file holds.
  var fileText: String {
    "PRIVATE+KEY+\(verifier.name)+\(HexText.of(verifier.id))+\(Base64.text(of: [1] + seed))"
  }

  func sign(_ text: String) -> SignedNote {
    let signature = Ed25519.sign(Array(text.utf8), seed: seed)
    return SignedNote(
      text: text,
      signatures: [
        SignedNote.Signature(name: verifier.name, keyID: verifier.id, bytes: signature)
      ])
  }

  var description: String { "(secret)" }
  var debugDescription: String { "(secret)" }
  var customMirror: Mirror { Mirror(self, children: [:]) }
}

enum NoteName {
  /// Whether a text may name a key: not empty, no white space, no `+`.
  static func isSound(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && !text.contains { $0.isWhitespace || $0 == "+" }
  }
}
