import Kernel

/// What one whole of each currency is worth in US dollars, for ever.
enum Prices {
  /// Millionths of a millionth of a dollar.
  private static let scale = 12

  private static let table: [String: Int128] = {
    let text = """
      AAVE 180 ADA 0.45 ARB 0.22 AVAX 14.5 BCH 540 BGB 3.6 BNB 880 BONK 0.0000098 BTC 91000 \
      CRO 0.11 DAI 1 DOGE 0.155 DOT 2.4 ETC 14 ETH 3000 FDUSD 1 FIL 1.7 GRT 0.052 IMX 0.33 \
      INJ 6 JUP 0.24 LDO 0.72 LEO 9.4 LINK 13.4 LTC 86 MNT 1.05 NEAR 1.9 OKB 108 ONDO 0.52 \
      PEPE 0.0000046 QNT 92 SHIB 0.0000085 SOL 138 TON 1.55 TRX 0.275 USD1 1 USDC 1 USDE 1 \
      USDT 1 VET 0.0133 WLD 0.63 WLFI 0.155 XLM 0.25 XMR 390 XRP 2.2 ZEC 480
      """
    let words = text.split(separator: " ").map(String.init)
    var table: [String: Int128] = [:]
    for index in stride(from: 0, to: words.count - 1, by: 2) {
      table[words[index]] = DecimalText.units(words[index + 1], scale: scale)
    }
    return table
  }()

  static func dollars(_ asset: Asset) -> Int128? { table[asset.currency] }

  /// `money` in another asset, toward zero; nil where either has no price or it doesn't fit.
  static func convert(_ money: Money, to asset: Asset) -> Money? {
    guard let from = dollars(money.asset), let to = dollars(asset) else { return nil }
    return scaled(
      money.units, by: from * power(asset.decimals), over: to * power(money.asset.decimals)
    ).map { Money($0, asset) }
  }

  /// So many cents' worth of an asset.
  static func worth(cents: Int, in asset: Asset) -> Money {
    guard let price = dollars(asset),
      let units = scaled(Int128(cents) * power(scale - 2), by: power(asset.decimals), over: price)
    else { preconditionFailure("\(asset) has no price") }
    return Money(units, asset)
  }

  /// Cut to the eight decimals that the provider reckons with.
  static func cut(_ money: Money) -> Money {
    let extra = power(max(0, money.asset.decimals - 8))
    return Money(money.units / extra * extra, money.asset)
  }

  private static func power(_ exponent: Int) -> Int128 {
    (0..<exponent).reduce(1) { value, _ in value * 10 }
  }

  /// `value × factor ÷ divisor` of positive numbers; nil where the result doesn't fit.
  static func scaled(_ value: Int128, by factor: Int128, over divisor: Int128) -> Int128? {
    guard value >= 0, factor > 0, divisor > 0 else { return nil }
    let (high, low) = value.magnitude.multipliedFullWidth(by: factor.magnitude)
    guard high < divisor.magnitude else { return nil }
    return Int128(exactly: divisor.magnitude.dividingFullWidth((high, low)).quotient)
  }
}
