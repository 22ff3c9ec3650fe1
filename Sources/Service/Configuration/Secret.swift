/// A text that must never be seen: it prints, mirrors and interpolates as `(secret)`.
///
/// `reveal` is the one way out; whoever calls it hands the text to its one use.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  private let value: String

  public init(_ value: String) { self.value = value }

  public func reveal() -> String { value }

  /// Whether a text is the secret, in a time that depends on the text's length alone.
  public func matches(_ text: String) -> Bool {
    let own = Array(value.utf8)
    let given = Array(text.utf8)
    guard !own.isEmpty else { return false }
    var difference = own.count ^ given.count
    for index in given.indices {
      difference |= Int(given[index] ^ own[index % own.count])
    }
    return difference == 0
  }

  public var description: String { "(secret)" }
  public var debugDescription: String { "(secret)" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
