import CArgon2
import Kernel

/// Passwords: their rule, and what is stored of them (domain 7.3, AU-06).
public struct Passwords: Sendable {
  /// Memory in KiB of one hash.
  let memory: UInt32
  let passes: UInt32
  private let threads: ReaderThreads
  /// Of nobody's password, for names that aren't there: they take as long as the others.
  private let decoy: String

  static let least = 8
  /// Bytes.
  static let most = 200

  /// Hashes with argon2id of version 1.3; 64 MiB and 3 passes where nothing else is said.
  ///
  /// Two hashes are made at once and 30 wait, so that sign-ins take no more than one core and can't
  /// starve the rest.
  public init(memoryKiB: UInt32 = 65_536, passes: UInt32 = 3) {
    memory = memoryKiB
    self.passes = passes
    threads = ReaderThreads(count: 2, most: 32)
    decoy = Self.encoded(Cipher.chance(32), memoryKiB, passes) ?? ""
  }

  /// Why a text can't be a password; nil where it can.
  static func obstacle(_ text: String) -> String? {
    let bytes = text.utf8
    guard (least...most).contains(bytes.count) else {
      return "must have \(least) to \(most) bytes"
    }
    guard bytes.contains(where: { (65...90).contains($0) }),
      bytes.contains(where: { (97...122).contains($0) }),
      bytes.contains(where: { (48...57).contains($0) })
    else { return "needs a capital letter, a small letter and a digit" }
    return nil
  }

  /// Runs `body` on a thread for hashing; false where too many wait already.
  func run(_ body: @escaping @Sendable () -> Void) -> Bool { threads.run(body) }

  /// The argon2id text of a password; for `run` alone, as it takes its time.
  func hash(_ password: String) -> String? { Self.encoded(Array(password.utf8), memory, passes) }

  /// Whether a password is the one; where there is no hash it takes as long and is not.
  func isRight(_ password: String, _ hash: String?) -> Bool {
    let bytes = Array(password.utf8)
    let code = argon2id_verify(hash ?? decoy, bytes, bytes.count)
    return hash != nil && code == ARGON2_OK.rawValue
  }

  private static func encoded(_ password: [UInt8], _ memory: UInt32, _ passes: UInt32) -> String? {
    let salt = Cipher.chance(16)
    var text = [CChar](repeating: 0, count: 256)
    let code = argon2id_hash_encoded(
      passes, memory, 1, password, password.count, salt, salt.count, 32, &text, text.count)
    guard code == ARGON2_OK.rawValue else { return nil }
    return String(
      decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
