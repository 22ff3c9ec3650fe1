import JSON
import Testing

/// The schema rules on made-up bad input: each is seen to fail.
@Suite struct SchemaRuleTests {
  private let fields = [
    ListedField(key: "at", shape: .reference("instant"), isOptional: true),
    ListedField(key: "count", shape: .integer, isOptional: false),
    ListedField(key: "ids", shape: .array(.pattern), isOptional: false),
    ListedField(key: "way", shape: .word(["in", "out"]), isOptional: false),
  ]
  private let good = """
    {"type": "object", "additionalProperties": false, "description": "A thing.",
     "required": ["count", "ids", "way"],
     "properties": {
       "at": {"$ref": "../instant.json", "description": "When."},
       "count": {"type": "integer", "description": "How many."},
       "ids": {"type": "array", "items": {"type": "string", "pattern": "^x$"},
               "description": "Which."},
       "way": {"enum": ["in", "out"], "description": "Where."}}}
    """

  private func problems(_ text: String) throws -> [String] {
    House.schemaProblems(try JSONValue.parse(Array(text.utf8)), fields, up: "../")
  }

  @Test("does: takes the schema of the fields")
  func takes() throws {
    #expect(try problems(good).isEmpty)
  }

  @Test(
    "refuses: a schema that differs anywhere",
    arguments: [
      ("\"object\"", "\"array\""), ("false", "true"), ("A thing.", "A thing"),
      ("\"count\", ", ""), ("\"ids\", \"way\"]", "\"ids\", \"way\", \"at\"]"),
      ("\"count\": {", "\"total\": {"), ("../instant.json", "instant.json"),
      ("\"integer\"", "\"string\""), (", \"pattern\": \"^x$\"", ""), ("\"out\"", "\"on\""),
      ("How many.", ""),
    ])
  func refuses(_ change: (from: String, to: String)) throws {
    let parts = good.components(after: change.from)
    let first = try #require(parts.first)
    let before = good.prefix(good.count - first.count - change.from.count)
    #expect(try problems(before + change.to + first).count == 1)
  }

  @Test("refuses: a released file that changed, went, or is listed badly")
  func released() {
    let lock = "# comment\naa  a.json\nbb  b.json\ncc  c.json\ndd\n"
    let found = House.releaseProblems(lock) { ["a.json": "aa", "b.json": "ff"][$0] }
    #expect(
      found == [
        "b.json was released and has changed", "c.json was released and is gone",
        "released.lock: dd",
      ])
  }
}
