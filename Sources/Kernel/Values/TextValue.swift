/// A value that is stored, shown and read as one exact text.
///
/// `init(text:)` of `text` gives the value back; any other spelling is refused, so that equal
/// values have equal bytes. `blank` is a placeholder that never reaches the log (writers trap on
/// it).
public protocol TextValue: Hashable, Sendable {
  init?(text: String)
  var text: String { get }
  static var blank: Self { get }
}

/// A closed set of words, stored as their raw text.
public protocol Word: TextValue, RawRepresentable, CaseIterable where RawValue == String {}

extension Word {
  public init?(text: String) { self.init(rawValue: text) }
  public var text: String { rawValue }
  public static var blank: Self {
    guard let first = allCases.first else { preconditionFailure("\(Self.self) has no words") }
    return first
  }
}

extension String: TextValue {
  public init?(text: String) { self = text }
  public var text: String { self }
  public static var blank: String { "" }
}
