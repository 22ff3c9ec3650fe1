import Gateways
import JSON
import Kernel

/// The parameters of one JSON-RPC call, read or refused as go-ethereum does.
struct Params {
  private let values: [JSONValue]

  init(_ values: [JSONValue]) { self.values = values }

  func text(_ index: Int) -> String? { value(index)?.text }
  func flag(_ index: Int) -> Bool { value(index)?.flag ?? false }
  func items(_ index: Int) -> [JSONValue] { value(index)?.items ?? [] }

  /// A count as a quantity or as a plain number.
  func count(_ index: Int) -> Int? {
    guard let value = value(index) else { return nil }
    return value.integer ?? value.text.flatMap(Hex.quantity).flatMap { Int(exactly: $0) }
  }

  func address(_ index: Int) throws(RPCError) -> EthereumAddress {
    guard let value = value(index) else { throw missing(index) }
    guard let address = value.text.flatMap(EthereumAddress.init) else {
      throw .invalid("invalid argument \(index): not an address")
    }
    return address
  }

  func hash(_ index: Int) throws(RPCError) -> String {
    guard let value = value(index) else { throw missing(index) }
    guard let text = value.text, let bytes = Hex.bytes(text), bytes.count == 32 else {
      throw .invalid("invalid argument \(index): not a hash of 32 bytes")
    }
    return text.lowercased()
  }

  /// What `eth_call` and `eth_estimateGas` are to try.
  struct Call {
    let from: EthereumAddress
    let to: EthereumAddress
    let value: Int128
    let data: [UInt8]
    let maxFee: Int128?
  }

  func call(_ index: Int) throws(RPCError) -> Call {
    guard let value = value(index) else { throw missing(index) }
    func refusal(_ name: String) -> RPCError {
      .invalid("invalid argument \(index): \(name) can't be read")
    }
    let nobody = "0x" + String(repeating: "0", count: 40)
    guard let from = EthereumAddress(value["from"]?.text ?? nobody) else { throw refusal("from") }
    guard let to = value["to"]?.text.flatMap(EthereumAddress.init) else { throw refusal("to") }
    guard let wei = Hex.quantity(value["value"]?.text ?? "0x0") else { throw refusal("value") }
    let text = value["input"]?.text ?? value["data"]?.text ?? "0x"
    guard let data = Hex.bytes(text) else { throw refusal("data") }
    let price = value["maxFeePerGas"]?.text ?? value["gasPrice"]?.text
    return Call(
      from: from, to: to, value: wei, data: data, maxFee: price.flatMap { Hex.quantity($0) })
  }

  private func value(_ index: Int) -> JSONValue? {
    guard values.indices.contains(index), !values[index].isNull else { return nil }
    return values[index]
  }

  private func missing(_ index: Int) -> RPCError {
    .invalid("missing value for required argument \(index)")
  }
}
