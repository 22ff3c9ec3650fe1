import Kernel
import Testing

@testable import Gateways

@Suite struct BytesTests {
  struct File: Decodable {
    struct Hash: Decodable {
      let inputHex: String
      let digest: String
    }
    struct Encoding: Decodable {
      let value: String
      let encoded: String
    }
    let keccak256: [Hash]
    let rlp: [Encoding]
  }
  let file: File

  init() throws {
    file = try Vectors.read("keccak_rlp_keys")
  }

  private func bytes(_ bare: String) throws -> [UInt8] { try #require(Hex.bytes("0x" + bare)) }

  @Test("does: Keccak-256 of every published input, across block borders")
  func keccak() throws {
    #expect(file.keccak256.count == 6)
    for hash in file.keccak256 {
      #expect(HexText.of(Keccak.hash(try bytes(hash.inputHex))) == hash.digest)
    }
  }

  @Test("refuses: to be SHA3-256")
  func notSHA3() {
    let sha3 = "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"
    #expect(HexText.of(Keccak.hash([])) != sha3)
  }

  @Test("does: RLP both ways for every published value")
  func rlp() throws {
    let meanings: [String: RLP] = [
      "empty string": .bytes([]), "byte 00": .bytes([0]), "byte 7f": .bytes([0x7f]),
      "byte 80": .bytes([0x80]), "empty list": .list([]), "dog": .bytes(Array("dog".utf8)),
      "[cat,dog]": .list([.bytes(Array("cat".utf8)), .bytes(Array("dog".utf8))]),
      "55 x a": .bytes([UInt8](repeating: 97, count: 55)),
      "56 x a": .bytes([UInt8](repeating: 97, count: 56)),
      "1024 x a": .bytes([UInt8](repeating: 97, count: 1024)),
      "nested [[],[[]],[[],[[]]]]": .list([
        .list([]), .list([.list([])]), .list([.list([]), .list([.list([])])]),
      ]),
    ]
    #expect(file.rlp.count == meanings.count)
    for vector in file.rlp {
      let meaning = try #require(meanings[vector.value])
      #expect(HexText.of(meaning.encoded) == vector.encoded)
      #expect(RLP(decoding: try bytes(vector.encoded)) == meaning)
    }
  }

  @Test(
    "refuses: any other encoding of a value",
    arguments: [
      "", "8100", "817f", "b800", "b837" + String(repeating: "61", count: 55), "8002", "83646f",
      "b90038" + String(repeating: "61", count: 56), "c883636174", "c281", "f800",
      "bfffffffffffffffff", "ffffffffffffffffff", "c0c0", "b8",
    ])
  func strictRLP(text: String) throws {
    #expect(RLP(decoding: try bytes(text)) == nil)
  }

  @Test("refuses: nesting without end")
  func deepRLP() {
    var value = RLP.list([])
    for _ in 0..<20 { value = .list([value]) }
    #expect(RLP(decoding: value.encoded) == nil)
  }

  @Test("does: numbers both ways, zero empty, the largest included")
  func numbers() {
    for value: Int128 in [0, 1, 0x7f, 0x80, 0xff, 0x100, 1 << 64, .max] {
      #expect(RLP.number(value).number == value)
      #expect(Hex.quantity(Hex.quantity(value)) == value)
      #expect(Hex.word(ERC20.word(value)) == value)
    }
    #expect(RLP.number(0) == .bytes([]))
    #expect(RLP.bytes([0, 1]).number == nil)
    #expect(RLP.bytes([0x80] + [UInt8](repeating: 0, count: 15)).number == nil)
    #expect(RLP.bytes([UInt8](repeating: 1, count: 17)).number == nil)
  }

  @Test(
    "refuses: quantities of another form",
    arguments: [
      "", "0x", "0x00", "0x01", "1", "x1", "0X1", "0x1g", "0x 1", "-0x1", "0x-1",
      "0x80000000000000000000000000000000", "0x100000000000000000000000000000000",
    ])
  func strictQuantity(text: String) {
    #expect(Hex.quantity(text) == nil)
  }

  @Test("refuses: data of another form", arguments: ["", "00", "0x0", "0xgg", "0X00", "0x0 "])
  func strictData(text: String) {
    #expect(Hex.bytes(text) == nil)
  }
}
