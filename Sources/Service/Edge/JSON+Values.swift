import JSON
import Kernel

extension JSONWriter {
  /// The same as `JSONValue.money`.
  mutating func money(_ money: Money) {
    beginObject()
    name("amount")
    string(money.amountText)
    name("asset")
    string(money.asset.text)
    endObject()
  }
}

extension JSONValue {
  /// An amount as facts have it.
  static func money(_ money: Money) -> JSONValue {
    .object(["amount": .string(money.amountText), "asset": .string(money.asset.text)])
  }

  static func optional(_ money: Money?) -> JSONValue { money.map(JSONValue.money) ?? .null }
  static func position(_ position: UInt64) -> JSONValue { .number(String(position)) }
}
