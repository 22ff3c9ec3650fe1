import Kernel
import Testing

@testable import Gateways

@Suite struct TransactionTests {
  struct File: Decodable {
    struct Transaction: Decodable {
      let name: String
      let privateKey: String
      let sender: String
      let chainId: Int
      let nonce: Int
      let maxPriorityFeePerGas: String
      let maxFeePerGas: String
      let gasLimit: String
      let to: String
      let value: String
      let data: String
      let unsignedPayload: String
      let signingHash: String
      let rawTransaction: String
      let transactionHash: String
    }
    struct Invalid: Decodable {
      let name: String
      let rawTransaction: String
    }
    let transactions: [Transaction]
    let invalid: [Invalid]
  }
  let file: File

  init() throws {
    file = try Vectors.read("ethereum_tx")
  }

  private func transaction(_ vector: File.Transaction) throws -> EthereumTransaction {
    let gas = try #require(Int(vector.gasLimit))
    let value = try #require(Int128(vector.value))
    let data = try #require(Hex.bytes(vector.data))
    return try #require(
      EthereumTransaction(
        chainID: vector.chainId, nonce: vector.nonce, maxFeePerGas: vector.maxFeePerGas,
        maxPriorityFeePerGas: vector.maxPriorityFeePerGas, gasLimit: gas, to: vector.to,
        value: value, data: data))
  }

  @Test("does: payload, digest, bytes and hash of every published transaction")
  func signing() throws {
    #expect(file.transactions.count == 8)
    for vector in file.transactions {
      let key = try #require(EthereumKey(hex: vector.privateKey))
      let transaction = try transaction(vector)
      #expect(Hex.text(transaction.unsignedPayload) == vector.unsignedPayload, "\(vector.name)")
      #expect(Hex.text(Keccak.hash(transaction.unsignedPayload)) == vector.signingHash)
      let signed = transaction.signed(with: key)
      #expect(signed.raw == vector.rawTransaction, "\(vector.name)")
      #expect(signed.hash == vector.transactionHash)
    }
  }

  @Test("does: reads every published transaction back, with its sender")
  func reading() throws {
    for vector in file.transactions {
      let signed = try EthereumTransaction.decode(raw: vector.rawTransaction)
      #expect(signed.transaction == (try transaction(vector)))
      #expect(signed.sender == vector.sender)
      #expect(signed.hash == vector.transactionHash)
    }
  }

  @Test("refuses: a signature in the upper half, an untrimmed r, a truncated text")
  func invalid() throws {
    let wanted: [String: EthereumTransaction.DecodingFailure] = [
      "high_s": .badSignature, "r_not_stripped": .malformed, "truncated": .malformed,
    ]
    #expect(file.invalid.count == wanted.count)
    for vector in file.invalid {
      let failure = try #require(wanted[vector.name])
      #expect(throws: failure, "\(vector.name)") {
        try EthereumTransaction.decode(raw: vector.rawTransaction)
      }
    }
  }

  @Test("refuses: every single changed byte, or names another sender than the right one")
  func changedBytes() throws {
    let vector = file.transactions[1]
    let bytes = try #require(Hex.bytes(vector.rawTransaction))
    for index in bytes.indices {
      for change in [1, 0x80] as [UInt8] {
        var forged = bytes
        forged[index] ^= change
        let signed = try? EthereumTransaction.decode(raw: Hex.text(forged))
        #expect(signed?.sender != vector.sender, "byte \(index)")
      }
    }
  }

  @Test("refuses: every shortened and lengthened text")
  func lengths() throws {
    let bytes = try #require(Hex.bytes(file.transactions[0].rawTransaction))
    for count in 0..<bytes.count {
      #expect(throws: EthereumTransaction.DecodingFailure.self) {
        try EthereumTransaction.decode(raw: Hex.text(Array(bytes[..<count])))
      }
    }
    #expect(throws: EthereumTransaction.DecodingFailure.malformed) {
      try EthereumTransaction.decode(raw: Hex.text(bytes + [0]))
    }
  }

  @Test("refuses: an access list, a new contract, another type, no hex")
  func strangers() throws {
    func raw(to: RLP, access: RLP) -> String {
      let numbers = [1, 0, 1, 1, 21000].map { RLP.number($0) }
      let ends: [RLP] = [.number(0), .number(7), .number(7)]
      let items = numbers + [to, .number(0), .bytes([]), access] + ends
      return Hex.text([2] + RLP.list(items).encoded)
    }
    let to = RLP.bytes([UInt8](repeating: 9, count: 20))
    let cases: [(String, EthereumTransaction.DecodingFailure)] = [
      (raw(to: to, access: .list([.list([to, .list([])])])), .hasAccessList),
      (raw(to: .bytes([]), access: .list([])), .createsContract),
      (raw(to: .bytes([1]), access: .list([])), .malformed),
      (raw(to: to, access: .bytes([])), .malformed), ("0x01c0", .notTypeTwo), ("0x", .notTypeTwo),
      ("02c0", .notHex), ("0x02c", .notHex), ("0x02c0", .malformed),
    ]
    for (text, failure) in cases {
      #expect(throws: failure, "\(text)") { try EthereumTransaction.decode(raw: text) }
    }
  }

  @Test("does: signs and reads back many transactions; no two keys or texts alike")
  func roundTrips() throws {
    var random = SystemRandomNumberGenerator()
    for round in 0..<400 {
      let hex = HexText.of((0..<32).map { _ in UInt8.random(in: 1...254, using: &random) })
      let key = try #require(EthereumKey(hex: hex))
      let transaction = try #require(
        EthereumTransaction(
          chainID: .random(in: 1...(1 << 40), using: &random), nonce: round,
          maxFeePerGas: String(Int128.random(in: (1 << 40)...(1 << 100), using: &random)),
          maxPriorityFeePerGas: String(Int128.random(in: 0...(1 << 40), using: &random)),
          gasLimit: .random(in: 0...16_777_216, using: &random),
          to: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
          value: .random(in: 0...(.max), using: &random),
          data: (0..<(round % 90)).map { _ in UInt8.random(in: 0...255, using: &random) }))
      let (raw, hash) = transaction.signed(with: key)
      let signed = try EthereumTransaction.decode(raw: raw)
      #expect(signed.transaction == transaction)
      #expect(signed.sender == key.address && signed.hash == hash)
      #expect(transaction.signed(with: key).raw == raw)
    }
  }

  @Test("refuses: negative numbers, a tip above the fee, text that is no number or address")
  func badFields() {
    func make(
      chain: Int = 1, nonce: Int = 0, most: String = "2", tip: String = "1", gas: Int = 21000,
      to: String = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", value: Int128 = 1
    ) -> EthereumTransaction? {
      EthereumTransaction(
        chainID: chain, nonce: nonce, maxFeePerGas: most, maxPriorityFeePerGas: tip,
        gasLimit: gas, to: to, value: value)
    }
    #expect(make() != nil)
    #expect(make(chain: 0) == nil && make(nonce: -1) == nil && make(gas: -1) == nil)
    #expect(make(value: -1) == nil && make(most: "1", tip: "2") == nil && make(tip: "-1") == nil)
    #expect(make(most: "2.0") == nil && make(most: "") == nil && make(to: "") == nil)
    #expect(make(to: "0x70997970c51812dc3A010C7d01b50e0d17dc79C8") == nil)
  }
}
