import JSON
import Testing

@Suite struct JSONWritingTests {
  @Test("sorts: names by UTF-16 code units (RFC 8785, 3.2.3)")
  func sortsNames() throws {
    let value = try parsed(
      #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7,"":8,"11":9}"#)
    #expect(
      string(value.written(.sorted))
        == "{\"\":8,\"\\r\":2,\"1\":4,\"11\":9,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{FB33}\":3}"
    )
    #expect(JSONWriter.inOrder("\u{10000}", "\u{E000}"))
    #expect(JSONWriter.inOrder("\u{D7FF}", "\u{10000}"))
    #expect(!JSONWriter.inOrder("a", "a"))
    #expect(JSONWriter.inOrder("a", "aa"))
  }

  @Test("orders: any two names as their UTF-16 does")
  func ordersAsUTF16() {
    let scalars: [Unicode.Scalar] = [
      "\u{0}", "a", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{EFFF}",
      "\u{F000}", "\u{FFFF}", "\u{10000}", "\u{1F600}", "\u{10FFFF}",
    ]
    let names = scalars.flatMap { first in scalars.map { "x\(first)\($0)" } }
    for left in names {
      for right in names {
        #expect(
          JSONWriter.inOrder(left, right) == left.utf16.lexicographicallyPrecedes(right.utf16))
      }
    }
  }

  @Test("sorts: objects inside arrays and objects; keeps arrays")
  func sortsDeep() throws {
    let value = try parsed(#"{"b":[{"d":1.0,"c":2},3,1],"a":{"z":null,"y":{"x":true,"w":false}}}"#)
    #expect(
      string(value.written(.sorted))
        == #"{"a":{"y":{"w":false,"x":true},"z":null},"b":[{"c":2,"d":1.0},3,1]}"#)
    #expect(
      string(value.written(.sortedECMAScript))
        == #"{"a":{"y":{"w":false,"x":true},"z":null},"b":[{"c":2,"d":1},3,1]}"#)
    #expect(
      string(value.written(.asIs))
        == #"{"b":[{"d":1.0,"c":2},3,1],"a":{"z":null,"y":{"x":true,"w":false}}}"#)
  }

  @Test("escapes: only what must be, as RFC 8785 does")
  func escapes() throws {
    let value = try parsed(
      #""\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/\u007f\u2028\b\t\f\r\u001F""#)
    #expect(
      string(value.written(.asIs))
        == "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7F}\u{2028}\\b\\t\\f\\r\\u001f\"")
  }

  @Test(
    "prints: numbers as ECMAScript does",
    arguments: [
      // RFC 8785, appendix B.
      ("0", "0"), ("-0", "0"), ("-0.0", "0"), ("5e-324", "5e-324"), ("-5e-324", "-5e-324"),
      ("1.7976931348623157e308", "1.7976931348623157e+308"),
      ("-1.7976931348623157e308", "-1.7976931348623157e+308"),
      ("9007199254740992", "9007199254740992"), ("-9007199254740992", "-9007199254740992"),
      ("295147905179352825856", "295147905179352830000"),
      ("9.999999999999997e22", "9.999999999999997e+22"), ("1e23", "1e+23"),
      ("1.0000000000000001e23", "1.0000000000000001e+23"),
      ("999999999999999700000", "999999999999999700000"),
      ("999999999999999900000", "999999999999999900000"), ("1e21", "1e+21"),
      ("9.999999999999997e-7", "9.999999999999997e-7"), ("0.000001", "0.000001"),
      ("333333333.33333325", "333333333.33333325"), ("333333333.3333332", "333333333.3333332"),
      ("-0.0000033333333333333333", "-0.0000033333333333333333"),
      ("1424953923781206.25", "1424953923781206.2"),
      // What the provider's bodies hold.
      ("0.0", "0"), ("100", "100"), ("0.1", "0.1"), ("0.0000001", "1e-7"), ("0.00000001", "1e-8"),
      ("1.5e-7", "1.5e-7"), ("100000000000000000000", "100000000000000000000"),
      ("0.30000000000000004", "0.30000000000000004"), ("4.35", "4.35"), ("0.000083", "0.000083"),
      ("0.09853637216235617", "0.09853637216235617"),
      ("0.0001817185463659148", "0.0001817185463659148"),
      ("170.00", "170"), ("5745459419.0", "5745459419"), ("1E2", "100"), ("-1.50", "-1.5"),
      ("12345678901234567890123", "1.2345678901234568e+22"), ("1e-400", "0"),
      // Beyond the doubles: never null, the token stays.
      ("1e400", "1e400"), ("-1e400", "-1e400"),
    ])
  func printsNumbers(token: String, printed: String) throws {
    #expect(string(try parsed(token).written(.sortedECMAScript)) == printed)
    #expect(string(try parsed(token).written(.sorted)) == token)
  }

  @Test(
    "reads: amounts as plain decimals",
    arguments: [
      ("1e-7", "0.0000001"), ("170.00", "170.00"), ("1.50e1", "15.0"), ("1E+3", "1000"),
      ("-2.5e-3", "-0.0025"), ("0e5", "0"), ("0.00e1", "0.0"), ("123.456e1", "1234.56"),
      ("123.456e3", "123456"), ("0.05e2", "5"), ("12e0", "12"), ("1.5e-0007", "0.00000015"),
    ])
  func plainDecimals(token: String, plain: String) throws {
    #expect(try parsed(token).decimal == plain)
    #expect(try parsed("\"\(token)\"").decimal == plain)
  }

  @Test(
    "refuses: decimals that are none or would not end",
    arguments: [
      "\"\"", "\" 1\"", "\"1,5\"", "\"0x1\"", "\"01\"", "\"1.\"", "\"NaN\"", "null", "true", "[]",
      "{}",
      "1e999999999", "1e-999999999", "1e99999999999999999999999", "\"+1\"", "1e127e",
    ])
  func refusesDecimals(text: String) {
    #expect((try? parsed(text))?.decimal == nil)
  }

  @Test("reads: members by kind and nothing across kinds")
  func accessors() throws {
    let value = try parsed(
      #"{"t":"x","n":-12,"f":1.0,"b":true,"z":null,"a":[1],"huge":99999999999999999999}"#)
    #expect(value["t"]?.text == "x")
    #expect(value["n"]?.integer == -12)
    #expect(value["n"]?.number == "-12")
    #expect(value["f"]?.integer == nil)
    #expect(value["huge"]?.integer == nil)
    #expect(value["b"]?.flag == true)
    #expect(value["z"]?.isNull == true)
    #expect(value["a"]?.items == [.integer(1)])
    #expect(value.members?.count == 7)
    #expect(value["t"]?.number == nil)
    #expect(value["n"]?.text == nil)
    #expect(value["missing"] == nil)
    #expect(value["a"]?["t"] == nil)
  }

  @Test("streams: the same text as a value written")
  func streams() throws {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("a")
    writer.beginArray()
    writer.integer(Int.min)
    writer.integer(UInt64.max)
    writer.integer(0)
    writer.string("q\"\u{1}")
    writer.beginObject()
    writer.endObject()
    writer.beginArray()
    writer.endArray()
    writer.endArray()
    writer.name("b")
    writer.raw(Array("{\"x\":1}".utf8))
    writer.name("c")
    writer.bool(false)
    writer.name("d")
    writer.null()
    writer.name("e\n")
    writer.number("1.50")
    writer.endObject()
    let text =
      #"{"a":[-9223372036854775808,18446744073709551615,0,"q\"\u0001",{},[]],"#
      + #""b":{"x":1},"c":false,"d":null,"e\n":1.50}"#
    #expect(string(writer.bytes) == text)
    #expect(string(try parsed(text).written(.sorted)) == text)
    writer.removeAll()
    writer.string("again")
    #expect(string(writer.bytes) == "\"again\"")
  }
}
