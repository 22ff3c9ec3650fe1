import JSON
import Kernel
import Testing

@testable import Gateways

@Suite struct NoticeSignatureTests {
  struct File: Decodable {
    struct Signed: Decodable {
      let name: String
      let secret: String
      let rawBody: String
      let canonicalEs: String
      let signature: String
      let legacyReplacerSignature: String?
      let legacyReplacerMatches: Bool
      let pythonNaiveSignature: String?
      let pythonNaiveMatches: Bool
    }
    struct Case: Decodable {
      let name: String
      let secret: String
      let rawBody: String
      let signatureHeader: String?
      let accept: Bool?
    }
    struct Number: Decodable {
      let input: String
      let output: String
    }
    let secret: String
    let vectors: [Signed]
    let acceptReject: [Case]
    let policyCases: [Case]
    let numberLexemeToEcmascript: [Number]
  }
  let file: File

  init() throws {
    file = try Vectors.read("nowpayments_ipn")
  }

  private func isAuthentic(_ body: String, _ signature: String?, _ secret: String) -> Bool {
    NOWPaymentsNotice.isAuthentic(body: Array(body.utf8), signature: signature, secret: secret)
  }

  @Test("does: takes every published body with its signature, and signs it the same")
  func published() throws {
    #expect(file.vectors.count == 7)
    for vector in file.vectors {
      #expect(isAuthentic(vector.rawBody, vector.signature, vector.secret), "\(vector.name)")
      let body = Array(vector.rawBody.utf8)
      let signature = NOWPaymentsNotice.signature(of: body, secret: vector.secret)
      #expect(signature == vector.signature, "\(vector.name)")
      let printed = try JSONValue.parse(body).written(.sortedECMAScript)
      #expect(printed == Array(vector.canonicalEs.utf8))
    }
  }

  @Test("refuses: the signatures that the older samples would have given")
  func olderSamples() {
    for vector in file.vectors {
      if let signature = vector.legacyReplacerSignature, !vector.legacyReplacerMatches {
        #expect(!isAuthentic(vector.rawBody, signature, vector.secret), "\(vector.name)")
      }
      if let signature = vector.pythonNaiveSignature, !vector.pythonNaiveMatches {
        #expect(!isAuthentic(vector.rawBody, signature, vector.secret), "\(vector.name)")
      }
    }
  }

  @Test("does: takes and refuses as published")
  func cases() throws {
    #expect(file.acceptReject.count == 9 && file.policyCases.count == 2)
    for vector in file.acceptReject {
      let accepted = isAuthentic(vector.rawBody, vector.signatureHeader, vector.secret)
      #expect(accepted == vector.accept, "\(vector.name)")
    }
    // C-24 takes both: the bytes as they came, and arrays as objects.
    for vector in file.policyCases {
      #expect(isAuthentic(vector.rawBody, vector.signatureHeader, vector.secret))
    }
  }

  @Test("does: prints numbers as ECMAScript does")
  func numbers() throws {
    for vector in file.numberLexemeToEcmascript {
      let printed = JSONValue.number(vector.input).written(.sortedECMAScript)
      #expect(String(decoding: printed, as: UTF8.self) == vector.output)
    }
  }

  @Test("refuses: every body with one byte changed")
  func changedBytes() throws {
    let vector = file.vectors[1]
    let body = Array(vector.rawBody.utf8)
    for index in body.indices {
      var forged = body
      forged[index] ^= 1
      let isTaken = NOWPaymentsNotice.isAuthentic(
        body: forged, signature: vector.signature, secret: vector.secret)
      #expect(!isTaken, "byte \(index)")
    }
  }

  @Test("refuses: every signature with one digit changed, lengthened or shortened")
  func changedSignatures() {
    let vector = file.vectors[0]
    let digits = Array(vector.signature.utf8)
    for index in digits.indices {
      var forged = digits
      forged[index] = forged[index] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
      let text = String(decoding: forged, as: UTF8.self)
      #expect(!isAuthentic(vector.rawBody, text, vector.secret))
    }
    for text in ["0x" + vector.signature, vector.signature + "00", vector.signature + "0"] {
      #expect(!isAuthentic(vector.rawBody, text, vector.secret))
    }
    #expect(isAuthentic(vector.rawBody, " \(vector.signature)\n", vector.secret))
  }

  @Test("does: trims the secret; refuses an empty one")
  func secrets() {
    let vector = file.vectors[0]
    #expect(isAuthentic(vector.rawBody, vector.signature, vector.secret + "\n"))
    #expect(!isAuthentic(vector.rawBody, vector.signature, vector.secret.uppercased()))
    let empty = HexText.of(NOWPaymentsNotice.hmac(Array("{}".utf8), []))
    #expect(!isAuthentic("{}", empty, "") && !isAuthentic("{}", empty, " \n"))
  }

  @Test("refuses: signed bodies that are no object, too deep, too large, or name a thing twice")
  func badBodies() {
    func deep(_ levels: Int) -> String {
      String(repeating: #"{"a":"#, count: levels) + "1" + String(repeating: "}", count: levels)
    }
    let most = NOWPaymentsNotice.bytesMost
    let padding = String(repeating: " ", count: most)
    #expect(isTaken(deep(32)) && isTaken("{}") && isTaken(#"{"a":[1,[2]]}"#))
    #expect(isTaken("{" + padding.dropLast(2) + "}"))
    for body in [
      deep(33), "[1]", "1", "null", #""text""#, "", "{", #"{"a":1}{"#, "{" + padding + "}",
      #"{"a":1,"a":1}"#, #"{"f":{"a":1,"\u0061":2}}"#, "\u{feff}{}", #"{"a":01}"#,
    ] {
      #expect(!isTaken(body), "\(body.prefix(40))")
    }
  }

  /// Whether a body is taken that is signed over its own bytes.
  private func isTaken(_ body: String) -> Bool { isAuthentic(body, code(body), file.secret) }

  private func code(_ text: String) -> String {
    HexText.of(NOWPaymentsNotice.hmac(Array(text.utf8), Array(file.secret.utf8)))
  }

  @Test("does: takes arrays of more than ten as the documents' sample orders them")
  func longArrays() {
    let items = (0..<12).map { "\($0).50" }
    let body = #"{"z":1e-7,"ids":[\#(items.joined(separator: ","))]}"#
    let places = items.enumerated()
    let verbatim = places.map { #""\#($0)":\#($1)"# }.joined(separator: ",")
    let printed = places.map { #""\#($0)":\#($1.dropLast())"# }.joined(separator: ",")
    for text in [#"{"ids":{\#(verbatim)},"z":1e-7}"#, #"{"ids":{\#(printed)},"z":1e-7}"#] {
      #expect(isAuthentic(body, code(text), file.secret))
    }
  }
}
