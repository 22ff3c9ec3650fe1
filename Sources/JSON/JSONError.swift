/// How large and how deep a text may be.
public struct JSONLimits: Hashable, Sendable {
  /// The most bytes.
  public let bytes: Int

  /// The most arrays and objects inside one another; `[]` alone is 1 deep.
  public let depth: Int

  /// Limits of at most 1 GiB and 512 levels; more is cut to that.
  public init(bytes: Int = 64 * 1024, depth: Int = 32) {
    self.bytes = min(bytes, 1 << 30)
    self.depth = min(depth, 512)
  }

  /// 64 KiB and 32 levels.
  public static let `default` = JSONLimits()
}

/// Why a text is not the JSON this module reads.
///
/// It quotes nothing of the text: the text may hold secrets.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Hashable, Sendable {
    case empty = "nothing but white space"
    case tooLarge = "more bytes than allowed"
    case tooDeep = "more arrays and objects inside one another than allowed"
    case notUTF8 = "not UTF-8"
    case controlCharacter = "a control character inside a string"
    case unclosedString = "a string without an end"
    case badEscape = "an escape JSON does not have"
    case loneSurrogate = "half of a surrogate pair"
    case badWord = "neither a number nor true, false or null"
    case badNumber = "not a number as JSON writes them"
    case unexpected = "something that does not belong here"
    case unfinished = "the text ends too early"
    case duplicateName = "a name that stands twice in one object"
    case trailingText = "text after the value"
    case noMemory = "no memory"
  }

  public let kind: Kind

  /// The byte the trouble starts at, where it can be told.
  public let offset: Int?

  public init(_ kind: Kind, at offset: Int? = nil) {
    self.kind = kind
    self.offset = offset
  }

  public var description: String {
    guard let offset else { return "JSON: \(kind.rawValue)" }
    return "JSON: \(kind.rawValue), at byte \(offset)"
  }
}
