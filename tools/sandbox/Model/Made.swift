import Gateways
import Kernel

/// Names, addresses and hashes made up by the stand-ins: the same every time for the same seed.
struct Made {
  let seed: Int

  func bytes(_ kind: String, _ number: Int) -> [UInt8] {
    Keccak.hash(Array("weir sandbox/\(seed)/\(kind)/\(number)".utf8))
  }

  /// 64 hex digits with `0x`.
  func hash(_ kind: String, _ number: Int) -> String { Hex.text(bytes(kind, number)) }

  /// The first `count` hex digits, without `0x`.
  func digits(_ kind: String, _ number: Int, count: Int) -> String {
    String(hash(kind, number).dropFirst(2).prefix(count))
  }

  func address(_ kind: String, _ number: Int) -> EthereumAddress {
    let text = Hex.text(Array(bytes(kind, number).suffix(20)))
    guard let address = EthereumAddress(text) else {
      preconditionFailure("20 bytes are an address")
    }
    return address
  }
}

/// A time as the providers print it: `2026-11-20T09:21:27.448Z`.
func isoTime(_ milliseconds: Int) -> String {
  Instant(microseconds: Int64(milliseconds) * 1000).text.prefix(23) + "Z"
}

/// A number as the providers print amounts: no zeros at the end, no point without a fraction.
func amountToken(_ money: Money) -> String {
  var text = money.amountText[...]
  guard text.contains(".") else { return String(text) }
  while text.hasSuffix("0") { text = text.dropLast() }
  if text.hasSuffix(".") { text = text.dropLast() }
  return String(text)
}
