import Kernel
import Testing

@testable import Gateways

@Suite struct PayoutAddressTests {
  struct File: Decodable {
    struct Entry: Decodable { let address: String }
    struct Currency: Decodable {
      let currency: String
      let valid: [Entry]
      let invalid: [Entry]
    }
    let currencies: [Currency]
  }

  private func addresses() throws -> [(Asset, File.Currency)] {
    let file: File = try Vectors.read("addresses")
    return file.currencies.compactMap { row in
      let network = row.currency.uppercased()
      return Asset(currency: network, network: network).map { ($0, row) }
    }
  }

  @Test("does: every network that a client can be paid on has addresses, and vectors here")
  func networks() throws {
    let known = Set(try addresses().map(\.0.network))
    let likeEthereum: Set = ["BSC", "MATIC", "BASE"]
    #expect(Set(Asset.payable.map(\.network)) == known.union(likeEthereum))
    for asset in Asset.payable where likeEthereum.contains(asset.network) {
      let address = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
      #expect(PayoutAddress.obstacle(address, of: asset) == nil)
      #expect(PayoutAddress.obstacle(address.replacing("5aA", with: "5aB"), of: asset) != nil)
    }
  }

  @Test("does: takes published addresses, and refuses published wrong ones")
  func vectors() throws {
    for (asset, row) in try addresses() {
      #expect(!row.valid.isEmpty && !row.invalid.isEmpty)
      for entry in row.valid {
        #expect(PayoutAddress.obstacle(entry.address, of: asset) == nil, "\(entry.address)")
      }
      for entry in row.invalid {
        #expect(PayoutAddress.obstacle(entry.address, of: asset) != nil, "\(entry.address)")
      }
    }
    let known: [(Asset, String)] = [
      (Asset(text: "BTC-BTC")!, "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
      (Asset(text: "BTC-BTC")!, "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
      (Asset(text: "LTC-LTC")!, "LdP8Qox1VAhCzLJNqrr74YovaWYyNBUWvL"),
      (
        Asset(text: "XMR-XMR")!,
        "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3"
          + "XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"
      ),
      (
        Asset(text: "ADA-ADA")!,
        "addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3"
          + "vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x"
      ),
    ]
    for (asset, address) in known {
      #expect(PayoutAddress.obstacle(address, of: asset) == nil, "\(address)")
    }
  }

  @Test("refuses: every change of one character of every address that has a checksum")
  func mistyped() throws {
    let typed = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_:".utf8)
    for (asset, row) in try addresses() where asset.network != "SOL" {
      for address in row.valid.map(\.address) {
        let isBare = asset.network == "ETH" && address == address.lowercased()
        guard !isBare else { continue }
        var taken: [String] = []
        for index in address.utf8.indices {
          for character in typed where character != address.utf8[index] {
            var bytes = Array(address.utf8)
            bytes[address.utf8.distance(from: address.utf8.startIndex, to: index)] = character
            let other = String(decoding: bytes, as: UTF8.self)
            if PayoutAddress.obstacle(other, of: asset) == nil { taken.append(other) }
          }
        }
        #expect(taken.isEmpty, "\(address): \(taken.prefix(5))")
      }
    }
  }

  @Test("refuses: an address that is cut, longer, spaced, or another network's")
  func foreign() throws {
    let all = try addresses()
    for (asset, row) in all {
      for address in row.valid.map(\.address) {
        let wrong = [
          String(address.dropLast()), String(address.dropFirst()), address + "1", " " + address,
          address + "\n", "", address + address, "\u{e9}" + address.dropFirst(),
        ]
        for text in wrong {
          // Of an address with an optional prefix nothing else may be dropped either.
          #expect(PayoutAddress.obstacle(text, of: asset) != nil, "\(text)")
        }
        for (other, _) in all where other.network != asset.network {
          #expect(PayoutAddress.obstacle(address, of: other) != nil, "\(address) on \(other)")
        }
      }
    }
  }

  @Test("refuses: contracts, programs' addresses, and the one that nobody holds")
  func unheld() {
    let refused: [(Asset, String)] = [
      (.usdt, Asset.usdt.contract!), (.usdt, Asset.usdt.contract!.lowercased()),
      (.eth, "0x0000000000000000000000000000000000000000"),
      (Asset(text: "USDT-TRX")!, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
      (Asset(text: "SOL-SOL")!, "7QWHKNtRZrZLjSVNw8ommbHYrMQ2PVPUXY77QP8iDTAm"),
    ]
    for (asset, address) in refused {
      #expect(PayoutAddress.obstacle(address, of: asset) != nil, "\(address)")
    }
  }
}
