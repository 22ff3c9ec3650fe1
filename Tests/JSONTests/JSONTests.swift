import JSON
import Testing

/// What a text is made of, for the tests below.
func parsed(
  _ text: String, limits: JSONLimits = .default
) throws(JSONError) -> JSONValue {
  try JSONValue.parse(Array(text.utf8), limits: limits)
}

func trouble(_ bytes: [UInt8], limits: JSONLimits = .default) -> JSONError? {
  do {
    _ = try JSONValue.parse(bytes, limits: limits)
    return nil
  } catch {
    return error
  }
}

func trouble(_ text: String, limits: JSONLimits = .default) -> JSONError? {
  trouble(Array(text.utf8), limits: limits)
}

func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Suite struct JSONReadingTests {
  @Test(
    "keeps: a number's text",
    arguments: [
      "0", "-0", "170.00", "1.5e-7", "1E+2", "12345678901234567890123", "1e400", "-0.0", "0e0",
      "5745459419.0",
    ])
  func keepsNumbers(token: String) throws {
    #expect(try parsed(token) == .number(token))
    #expect(try parsed("  [ \(token) ]\n") == .array([.number(token)]))
    #expect(try parsed("{\"a\":\(token)}")["a"]?.number == token)
  }

  @Test(
    "refuses: what is not a number",
    arguments: [
      "01", "-01", "1.", ".5", "+1", "-", "1e", "1e+", "0x10", "1.e3", "--1", "1_000", "-Infinity",
    ])
  func refusesNumbers(token: String) {
    #expect(trouble(token) == JSONError(.badNumber, at: 0))
    #expect(trouble("[1,\(token)]") == JSONError(.badNumber, at: 3))
  }

  @Test(
    "refuses: words JSON does not have",
    arguments: [
      "NaN", "Infinity", "True", "nul", "nulll", "truefalse", "undefined", "'a'", "a", "\u{FEFF}1",
      "true\u{0}", "null/**/", "\u{A0}null",
    ])
  func refusesWords(token: String) {
    #expect(trouble(token) == JSONError(.badWord, at: 0))
    #expect(trouble("{\"a\":\(token)}") == JSONError(.badWord, at: 5))
  }

  @Test("keeps: the order of members and items")
  func keepsOrder() throws {
    let value = try parsed(#" { "b" : [ 1 , "x" , null , true , false , { } , [ ] ] , "a" : "" } "#)
    #expect(
      value
        == .object([
          "b": .array([
            .number("1"), .string("x"), .null, .bool(true), .bool(false), .object([:]), .array([]),
          ]),
          "a": .string(""),
        ]))
  }

  @Test("undoes: escapes")
  func undoesEscapes() throws {
    let text = try parsed(#""a\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\uDE00z\u0000""#).text
    #expect(text == "a\"\\/\u{8}\u{C}\n\r\té€😀z\u{0}")
    #expect(try parsed("\"\u{7F}\u{2028}€😀\"").text == "\u{7F}\u{2028}€😀")
  }

  @Test(
    "refuses: broken escapes and half surrogate pairs",
    arguments: [
      (#""\x""#, JSONError.Kind.badEscape), (#""\u12""#, .badEscape), (#""\u12G4""#, .badEscape),
      (#""\u+123""#, .badEscape), (#""\u１２３４""#, .badEscape), (#""\U0041""#, .badEscape),
      (#""\ud800""#, .loneSurrogate), (#""\udc00""#, .loneSurrogate),
      (#""\ud800\ud800""#, .loneSurrogate), (#""\ud800x""#, .loneSurrogate),
      (#""\ud800\n""#, .loneSurrogate), (#""\ud83d\u0041""#, .loneSurrogate),
    ])
  func refusesEscapes(text: String, kind: JSONError.Kind) {
    #expect(trouble(text) == JSONError(kind, at: 1))
    #expect(trouble("{\(text):1}") == JSONError(kind, at: 2))
  }

  @Test(
    "refuses: bytes that are not UTF-8",
    arguments: [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
      [0xC3, 0x28], [0xFE],
    ] as [[UInt8]])
  func refusesNonUTF8(bytes: [UInt8]) {
    #expect(trouble(Array("\"ab".utf8) + bytes + Array("\"".utf8)) == JSONError(.notUTF8, at: 3))
    #expect(trouble(Array("[1] ".utf8) + bytes)?.kind == .notUTF8)
  }

  @Test("refuses: control characters in strings")
  func refusesControlCharacters() {
    for byte in UInt8(0)..<0x20 {
      #expect(trouble([0x22, 0x61, byte, 0x22]) == JSONError(.controlCharacter, at: 2))
      #expect(trouble([0x22, 0x5C, 0x5C, byte, 0x22]) == JSONError(.controlCharacter, at: 3))
    }
  }

  @Test(
    "refuses: texts that do not end or end too late",
    arguments: [
      ("", JSONError.Kind.empty, 0), (" \n\t ", .empty, 0), ("[", .unfinished, 1),
      ("[1,", .unfinished, 3), ("{\"a\"", .unfinished, 4), ("{\"a\":", .unfinished, 5),
      ("{\"a\":1", .unfinished, 6), ("\"ab", .unclosedString, 0), ("[\"ab\\\"", .unclosedString, 1),
      ("1 2", .trailingText, 2), ("{} {}", .trailingText, 3), ("[]]", .trailingText, 2),
      ("null,", .trailingText, 4), ("{}\u{0}", .trailingText, 2),
    ])
  func refusesEnds(text: String, kind: JSONError.Kind, offset: Int) {
    #expect(trouble(text)?.kind == kind)
    #expect(trouble(text)?.offset == offset)
  }

  @Test(
    "refuses: what does not belong",
    arguments: [
      ("[1,]", 3), ("[,1]", 1), ("{,}", 1), ("{\"a\":1,}", 7), ("{\"a\" 1}", 5), ("{a:1}", 1),
      ("{1:1}", 1), ("[1}", 2), ("{\"a\":1]", 6), ("[1 2]", 3), ("{\"a\"::1}", 5), ("]", 0),
      ("{\"a\",\"b\"}", 4), ("[\"a\":1]", 4), (":", 0), ("[\"a\"\"b\"]", 4), ("[\"a\"b]", 4),
      ("{\"a\":}", 5), ("[[]{}]", 3), ("[\u{B}1]", 1), ("[1]x", 3),
    ])
  func refusesStrays(text: String, offset: Int) {
    let found = trouble(text)
    #expect(found != nil, "\(text)")
    #expect(found?.offset == offset, "\(text)")
  }

  @Test(
    "refuses: a name that stands twice, at every depth and however it is escaped",
    arguments: [
      (#"{"a":1,"a":1}"#, 7), (#"{"a":1,"\u0061":2}"#, 7),
      (#"[{"x":{"é":1,"b":2,"\u00e9":3}}]"#, 20),
      (#"{"":1,"":2}"#, 6), (#"{"😀":0,"\ud83d\ude00":0}"#, 10),
    ])
  func refusesDuplicates(text: String, offset: Int) {
    #expect(trouble(text) == JSONError(.duplicateName, at: offset))
  }

  @Test("refuses: a name that stands twice among many")
  func refusesLateDuplicates() throws {
    let names = (0..<2000).map { "\"n\($0)\":\($0)" }
    #expect(try parsed("{" + names.joined(separator: ",") + "}").members?.count == 2000)
    for repeated in [0, 11, 12, 13, 1999] {
      let text = "{" + (names + ["\"n\(repeated)\":0"]).joined(separator: ",") + "}"
      #expect(trouble(text)?.kind == .duplicateName)
    }
  }

  @Test("distinguishes: names Unicode calls equivalent")
  func keepsEquivalentNames() throws {
    let value = try parsed("{\"\u{E9}\":1,\"e\u{301}\":2}")
    #expect(value["\u{E9}"] == .number("1"))
    #expect(value["e\u{301}"] == .number("2"))
    #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    #expect(Set([JSONValue.string("\u{E9}"), .string("e\u{301}")]).count == 2)
  }

  @Test("bounds: depth")
  func boundsDepth() throws {
    func nest(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try parsed(nest(32))
    #expect(trouble(nest(33)) == JSONError(.tooDeep, at: 32))
    #expect(trouble(String(repeating: "[", count: 60_000))?.kind == .tooDeep)
    #expect(trouble(String(repeating: "{\"a\":", count: 10_000))?.kind == .tooDeep)
    _ = try parsed("1", limits: JSONLimits(depth: 0))
    #expect(trouble("[]", limits: JSONLimits(depth: 0))?.kind == .tooDeep)
    _ = try parsed(nest(512), limits: JSONLimits(bytes: 1 << 20, depth: 100_000))
    #expect(
      trouble(nest(513), limits: JSONLimits(bytes: 1 << 20, depth: 100_000))?.kind == .tooDeep)
  }

  @Test("bounds: size, and reads large and small texts in turn")
  func boundsSize() throws {
    let text = "\"" + String(repeating: "a", count: 64 * 1024 - 2) + "\""
    #expect(try parsed(text).text?.utf8.count == 64 * 1024 - 2)
    #expect(trouble(text + " ") == JSONError(.tooLarge, at: 64 * 1024))
    let large = "[" + Array(repeating: "12345", count: 400_000).joined(separator: ",") + "]"
    for _ in 0..<2 {
      #expect(try parsed(large, limits: JSONLimits(bytes: 1 << 24)).items?.count == 400_000)
      #expect(try parsed("[1]") == .array([.number("1")]))
    }
  }

  @Test("quotes: nothing of the text in an error")
  func quotesNothing() {
    let error = trouble(#"{"secret-key":1,"secret-key":hunter2}"#)
    #expect(error?.description == "JSON: a name that stands twice in one object, at byte 16")
  }
}
