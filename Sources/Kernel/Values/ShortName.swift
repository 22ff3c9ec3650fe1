/// A name that others are told apart by, of whatever text: nearly all are ids, and are copied,
/// compared and hashed without a string.
///
/// Equal texts are equal names, whichever way they came.
enum ShortName: Hashable, Sendable {
  case letters(ShortText)
  /// What isn't printable ASCII.
  case text(String)

  init<Kind>(_ id: ID<Kind>) { self = .letters(id.letters) }

  init(_ text: String) {
    var text = text
    let letters = text.withUTF8 { bytes in
      bytes.allSatisfy { $0 > 0x20 && $0 < 0x7f } ? ShortText(UnsafeRawBufferPointer(bytes)) : nil
    }
    self = letters.map { .letters($0) } ?? .text(text)
  }

  var text: String {
    switch self {
    case .letters(let letters): letters.text
    case .text(let text): text
    }
  }
}
