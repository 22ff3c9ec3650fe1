import Foundation
import JSON
import Kernel
import Log

/// Texts under attack: one value has one spelling, and what is read is written back the same.
enum TextTargets {
  // MARK: A fact's name, a line end, its body

  static func event(_ input: [UInt8]) {
    guard let end = input.firstIndex(of: 10) else { return }
    let name = String(decoding: input[..<end], as: UTF8.self)
    let body = Array(input[(end + 1)...])
    guard let event = try? EventCodec.event(named: name, body: body) else { return }
    promise(event.name == name, "a fact has another name")
    promise(EventCodec.body(of: event) == body, "a fact is written otherwise than it was read")
    _ = postings(of: event)
    promise(!event.place.stream.text.isEmpty, "a fact without a stream")
    promise((try? JSONValue.parse(body, limits: wide)) != nil, "a fact's body is no JSON")
  }

  private static let wide = JSONLimits(bytes: 1 << 24, depth: 64)

  /// The examples of the schemas.
  static func eventSeeds() -> [[UInt8]] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../schemas/events").standardized
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { name in
      guard let bytes = FuzzTool.read(folder.appending(path: name).path),
        let example = try? JSONValue.parse(bytes, limits: wide)["examples"]?.items?.first
      else { return nil }
      return Array("\(name.dropLast(5))\n".utf8) + example.written(.sorted)
    }
  }

  // MARK: JSON, beside Foundation's

  static func json(_ input: [UInt8]) {
    let limits = JSONLimits(bytes: 1 << 16, depth: 32)
    let theirs = Result {
      try JSONSerialization.jsonObject(with: Data(input), options: [.fragmentsAllowed])
    }
    do throws(JSONError) {
      let value = try JSONValue.parse(input, limits: limits)
      for style in [JSONStyle.asIs, .sorted, .sortedECMAScript] {
        let text = value.written(style)
        guard let again = try? JSONValue.parse(text, limits: JSONLimits(bytes: 1 << 20)) else {
          promise(false, "what was written can't be read")
          return
        }
        promise(again.written(style) == text, "what was written is written otherwise")
        promise(style != .asIs || again == value, "a value is another after it was written")
      }
      switch theirs {
      case .success(let other): promise(JSONTwin.isSame(value, other), "Foundation reads otherwise")
      case .failure: promise(JSONTwin.hasFarNumbers(value), "Foundation doesn't read it")
      }
    } catch {
      guard case .success = theirs else { return }
      promise(JSONTwin.mayDiffer(error.kind, input), "Foundation reads what is refused: \(error)")
    }
  }

  static func jsonSeeds() -> [[UInt8]] {
    [
      #"{"payment_id":5745459419,"parent":null,"s":"\u00e9\ud83d\ude00 \/","f":1.8,"x":[1,[],{}]}"#,
      #"[[[[{"a":[{"b":[1e-7,-0,true,false,null,"\\\"\b\f\n\r\t"]}]}]]]]"#,
      " { \"\u{1F600}\" : [ 1 , 2.5E+10 , \"\u{E000}\u{2028}\" ] , \"\" : { \"k\" : \"v\" } }\r\n",
    ].map { Array($0.utf8) }
  }

  // MARK: Values

  /// The first byte says which kind of value; the rest is its text.
  static func text(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let bytes = Array(input.dropFirst())
    kinds[Int(first) % kinds.count](bytes)
  }

  private static let kinds: [@Sendable ([UInt8]) -> Void] = [
    { value($0, Instant.self) }, { value($0, Asset.self) }, { value($0, Personal.self) },
    { value($0, CommandID.self) }, { value($0, PaymentID.self) }, { value($0, UserID.self) },
    { value($0, OpenChannelID.self) }, { value($0, String.self) }, { value($0, Environment.self) },
    { amount($0) }, { label($0) },
  ]

  private static func value<T: TextValue>(_ bytes: [UInt8], _ type: T.Type) {
    let text = String(decoding: bytes, as: UTF8.self)
    let read = bytes.withUnsafeBytes { T(utf8: $0) }
    let isText = text.utf8.elementsEqual(bytes)
    promise(isText || read == nil, "\(type) of bytes that are no text")
    promise(!isText || read == T(text: text), "\(type) differs between text and bytes")
    guard let read else { return }
    promise(read.text.utf8.elementsEqual(bytes), "\(type) has two spellings")
    guard read.isWritable else { return }
    var out = CanonicalText()
    read.write(to: &out)
    let parsed = try? JSONValue.parse(out.bytes, limits: wide)
    promise(parsed == .string(text), "\(type) is written otherwise")
  }

  private static func amount(_ bytes: [UInt8]) {
    let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    let scale = Int(bytes.first ?? 0) % 20
    let exact = DecimalText.units(text, scale: scale)
    let cut = DecimalText.units(text, scale: scale, cutting: true)
    promise(exact == nil || exact == cut, "an exact amount is cut")
    guard let cut else { return }
    let again = DecimalText.text(cut, scale: scale)
    promise(DecimalText.units(again, scale: scale) == cut, "an amount is written otherwise")
    if let money = Money(text, .usdt) {
      promise(Money(money.amountText, .usdt) == money, "money is written otherwise")
    }
    _ = Rate(text, from: .usdt, to: .eth)?.text
  }

  private static func label(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    promise(StreamName(text: text).map { $0.text == text } ?? true, "a stream has two spellings")
    promise(Tag(text: text).map { $0.text == text } ?? true, "a tag has two spellings")
  }

  static func textSeeds() -> [[UInt8]] {
    [
      "\u{0}2026-11-24T16:47:11.123456Z", "\u{1}USDT-ETH", "\u{2}p0:ß\t1", "\u{3}order-WEIR1|x",
      "\u{4}5745459419", "\u{5}555", "\u{6}-1001234567", "\u{7}Zoë \"😀\"\n\\", "\u{8}sandbox",
      "\u{9}\u{8}1352956.11111111", "\u{9}\u{12}-0.000000000000000001", "\u{a}order-WEIR1",
      "\u{a}tx:0xaa",
    ].map { Array($0.utf8) }
  }
}
