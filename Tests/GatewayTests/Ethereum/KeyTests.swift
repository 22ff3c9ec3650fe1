import Testing

@testable import Gateways

@Suite struct KeyTests {
  struct File: Decodable {
    struct Key: Decodable {
      let privateKey: String
      let address: String
    }
    let keys: [Key]
  }

  @Test("does: the address of every published key")
  func addresses() throws {
    let file: File = try Vectors.read("keccak_rlp_keys")
    #expect(file.keys.count == 3)
    for vector in file.keys {
      #expect(EthereumKey(hex: vector.privateKey)?.address == vector.address)
      #expect(EthereumKey(hex: String(vector.privateKey.dropFirst(2)))?.address == vector.address)
    }
  }

  @Test(
    "refuses: what is no number of the curve",
    arguments: [
      "", "0x", "0x01", String(repeating: "0", count: 64), String(repeating: "f", count: 64),
      "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
      String(repeating: "1", count: 63), String(repeating: "1", count: 66),
      String(repeating: "z", count: 64),
    ])
  func badKeys(text: String) {
    #expect(EthereumKey(hex: text) == nil)
  }

  @Test("refuses: to show a key, however it is printed or looked into")
  func hidden() throws {
    let hex = String(repeating: "46", count: 32)
    let key = try #require(EthereumKey(hex: hex))
    var shown = "\(key) \(String(reflecting: key)) \(String(describing: Optional(key)))"
    dump(key, to: &shown)
    dump([key], to: &shown)
    shown += Mirror(reflecting: key).children.map { "\($0)" }.joined()
    #expect(!shown.contains("4646") && !shown.contains("70, 70"))
    #expect("\(key)" == "EthereumKey(0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F)")
  }
}
