import Testing

@testable import Kernel

/// Names that are compared and hashed without a string.
@Suite struct NameTests {
  /// Of every length about the places where letters are packed, and of other bytes.
  private static let texts: [String] =
    (0...40).map { String(repeating: "ab-1:Zz/", count: 6).prefix($0).description } + [
      "a b", "Zoë", "a\u{0}", "\u{0}a", "a\nb", "%", "é\u{301}", "abcdefghijklmnopqrstuvwxyz é",
    ]

  @Test("does: names are the same where their texts are, whichever way they came")
  func shortNames() {
    for left in Self.texts {
      #expect(ShortName(left).text == left)
      if let id = BatchID(text: left) {
        #expect(ShortName(id) == ShortName(left))
        #expect(ShortName(id).hashValue == ShortName(left).hashValue)
      }
      for right in Self.texts where left != right { #expect(ShortName(left) != ShortName(right)) }
    }
  }

  @Test("does: a process is known by its kind and its id, and sorted as their texts are")
  func processes() {
    let keys = Self.texts.map { ProcessKey(.split, $0) } + [ProcessKey(.batch, "ab-1")]
    #expect(Set(keys).count == keys.count)
    #expect(ProcessKey(.batch, "ab-1") == ProcessKey(.batch, BatchID(text: "ab-1")!))
    let sorted = keys.sorted()
    #expect(sorted.first == ProcessKey(.batch, "ab-1"))
    #expect(sorted.dropFirst().map(\.id) == Self.texts.sorted())
  }

  @Test("does: a subject takes in any text, two texts never as one, and sorts as texts do")
  func subjects() {
    let subjects = (Self.texts + ["%25", "a%20b"]).map { "notice/\($0)" as Subject }
    #expect(Set(subjects).count == subjects.count)
    #expect(("notice/\("a b%")" as Subject).text == "notice/a%20b%25")
    for subject in subjects { #expect(Subject(text: subject.text) == subject) }
    #expect(subjects.sorted().map(\.text) == subjects.map(\.text).sorted())
    #expect(("post/\(PostPlace.open)" as Subject).text == "post/\(PostPlace.open.text)")
  }

  /// A fact whose listing gives back another text than it was lent.
  private struct Odd: Fact {
    static let name = "odd.odd.v1"
    var text = String(repeating: "long enough to be an object ", count: 3)

    mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("text", &text)
      text += "!"
    }
  }

  @Test("refuses: a listing that changes what a writer was only lent")
  func lent() async {
    await #expect(processExitsWith: .failure) {
      var writer = BodyWriter()
      writer.write(Odd())
    }
  }

  @Test("does: a fact is written from where it is, and is the same afterwards")
  func borrowed() {
    var writer = BodyWriter()
    let reason = String(repeating: "as long as an object is ", count: 4)
    let fact = GenesisEvent.Frozen(reason: reason)
    let before = fact
    for _ in 0..<3 { writer.write(fact) }
    #expect(fact == before && !writer.out.bytes.isEmpty)
  }
}
