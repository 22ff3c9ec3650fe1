/// The names seen in one object, compared byte for byte.
struct NameSet {
  private struct Name: Hashable {
    let text: String

    static func == (left: Name, right: Name) -> Bool {
      left.text.hasBytes(of: right.text)
    }

    func hash(into hasher: inout Hasher) { hasher.combineBytes(of: text) }
  }

  // Most objects are small: up to this many names, looking at each is faster than hashing.
  private static let few = 12
  private var list: [Name] = []
  private var set: Set<Name> = []

  /// Whether the name is new.
  mutating func insert(_ text: String) -> Bool {
    let name = Name(text: text)
    guard list.count >= NameSet.few else {
      guard !list.contains(name) else { return false }
      list.append(name)
      return true
    }
    if set.isEmpty { set = Set(list) }
    return set.insert(name).inserted
  }
}

extension String {
  /// Whether another text has the very same bytes; nearly all that differ do so in length.
  func hasBytes(of other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }
}
