public enum AccountKind: IDKind {
  /// A UUID in small hex digits and dashes (`registered_users.user_id`).
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count == 36 else { return false }
    for (index, byte) in bytes.enumerated() {
      let isDash = [8, 13, 18, 23].contains(index)
      guard isDash ? byte == UInt8(ascii: "-") : isSmallHex(byte) else { return false }
    }
    return true
  }
}

public enum SessionKind: IDKind {
  /// 128 bits of chance as small hex digits.
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count == 32 && bytes.allSatisfy(isSmallHex)
  }
}

public enum AccessKeyKind: IDKind {
  /// 64 bits of chance as small hex digits.
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count == 16 && bytes.allSatisfy(isSmallHex)
  }
}

private func isSmallHex(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}

/// A channel owner's login.
public typealias AccountID = ID<AccountKind>
/// One sign-in of an account, from its password to its end.
public typealias SessionID = ID<SessionKind>
/// The part of an API key that everybody may see.
public typealias AccessKeyID = ID<AccessKeyKind>

/// What an account may do beside owning channels, which every account may.
public enum AccountRole: String, Word {
  /// Everything of the operators' but two people's word on a transfer.
  case `operator`
  /// Reads the operators' pages, and gives the word that a transfer waits for.
  case approver
  /// Reads everything and changes nothing.
  case auditor

  public static let words = WordList<AccountRole>()
}

/// What a token that was sent by mail is good for.
public enum MailPurpose: String, Word {
  /// Shows that the account's address is its owner's.
  case verify
  /// Sets a new password.
  case reset
  /// Makes another address the account's.
  case change

  /// How long such a token is good for (domain 7.8).
  public var seconds: Int64 {
    switch self {
    case .verify: 24 * 3_600
    case .reset, .change: 3_600
    }
  }

  public static let words = WordList<MailPurpose>()
}

/// Why a session ended.
public enum SessionEnd: String, Word {
  case logout
  /// Its owner ended it from another one.
  case revoked
  /// A refresh token came again that had been replaced: somebody else has it too.
  case reused
  /// The password is another one.
  case password
  /// The account was closed.
  case closed
  /// A newer one took its place.
  case crowded

  public static let words = WordList<SessionEnd>()
}

/// How a password came to be another one.
public enum PasswordReason: String, Word {
  case changed
  case reset

  public static let words = WordList<PasswordReason>()
}

/// What an API key may do of what its account may.
public enum KeyScope: String, Word {
  case read
  case write

  public static let words = WordList<KeyScope>()
}

/// What names and addresses of accounts may look like (domain 7.3).
public enum AccountText {
  /// 3 to 50 letters, digits and underscores.
  public static func isName(_ text: String) -> Bool {
    let bytes = text.utf8
    return (Limits.nameLeast...Limits.nameMost).contains(bytes.count)
      && bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
  }

  /// An address as mail programs take it without quotes: `local@host.name`, in ASCII.
  public static func isEmail(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (6...Limits.emailMost).contains(bytes.count),
      let at = bytes.firstIndex(of: UInt8(ascii: "@")), (1...64).contains(at)
    else { return false }
    let marks = Array("!#$%&'*+-/=?^_`{|}~.".utf8)
    let local = bytes[..<at]
    guard local.allSatisfy({ isAlphanumeric($0) || marks.contains($0) }), isDotted(local) else {
      return false
    }
    let host = bytes[(at + 1)...]
    let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return labels.count >= 2
      && labels.allSatisfy { label in
        (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
          && label.last != UInt8(ascii: "-")
          && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
      } && labels.last.map { $0.count >= 2 && !$0.allSatisfy { $0 < 58 } } ?? false
  }

  /// What two names or addresses must not have in common: capital letters count as small ones.
  public static func folded(_ text: String) -> String { text.lowercased() }

  private static func isDotted(_ local: ArraySlice<UInt8>) -> Bool {
    let dot = UInt8(ascii: ".")
    return local.first != dot && local.last != dot
      && !zip(local, local.dropFirst()).contains { $0 == dot && $1 == dot }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }
}
