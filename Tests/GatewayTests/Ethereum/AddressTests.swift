import Testing

@testable import Gateways

@Suite struct AddressTests {
  struct File: Decodable {
    struct Valid: Decodable {
      let lowercase: String
      let checksum: String
    }
    struct Invalid: Decodable {
      let address: String
      let reason: String
    }
    let valid: [Valid]
    let noChecksumButWellFormed: [String]
    let invalid: [Invalid]
  }

  @Test("does: every published checksum")
  func checksums() throws {
    let file: File = try Vectors.read("eip55")
    #expect(file.valid.count == 6)
    for vector in file.valid {
      #expect(EthereumAddress(vector.lowercase)?.text == vector.checksum)
      #expect(EthereumAddress(vector.checksum)?.text == vector.checksum)
    }
    for text in file.noChecksumButWellFormed { #expect(EthereumAddress(text) != nil) }
  }

  @Test("refuses: every published wrong form; the zero address says that it is one")
  func wrongForms() throws {
    let file: File = try Vectors.read("eip55")
    for vector in file.invalid {
      let address = EthereumAddress(vector.address)
      #expect(address == nil || address?.isZero == true, "\(vector.reason)")
    }
    #expect(EthereumAddress("0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed") == nil)
    #expect(EthereumAddress("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe\u{e9}") == nil)
  }

  struct Currencies: Decodable {
    struct Currency: Decodable {
      struct Address: Decodable { let address: String }
      let currency: String
      let valid: [Address]
      let invalid: [Address]
    }
    let currencies: [Currency]
  }

  @Test("does: the addresses of Ethereum in the list of all currencies")
  func listed() throws {
    let file: Currencies = try Vectors.read("addresses")
    let ethereum = try #require(file.currencies.first { $0.currency == "eth" })
    for vector in ethereum.valid { #expect(EthereumAddress(vector.address) != nil) }
    for vector in ethereum.invalid { #expect(EthereumAddress(vector.address) == nil) }
    for other in file.currencies where other.currency != "eth" {
      for vector in other.valid { #expect(EthereumAddress(vector.address) == nil) }
    }
  }
}
