public import Kernel

/// An asset as ChangeNOW's API names it: a ticker and a network, always both.
///
/// An explicit list of the 87 pairs a client can be paid in: names are never built by joining
/// strings, and a default network is never relied on (external-apis 2.1).
public struct ChangeNOWCurrency: Hashable, Sendable {
  public let ticker: String
  public let network: String

  /// The names of an asset; nil for US dollars, which is none of theirs.
  public init?(_ asset: Asset) {
    guard let names = Self.names[asset] else { return nil }
    self = names
  }

  /// The asset behind two names; any case of letters.
  public static func asset(ticker: String, network: String) -> Asset? {
    assets[ChangeNOWCurrency(ticker: ticker.lowercased(), network: network.lowercased())]
  }

  private init(ticker: String, network: String) {
    self.ticker = ticker
    self.network = network
  }

  private static let names: [Asset: ChangeNOWCurrency] = {
    var names: [Asset: ChangeNOWCurrency] = [:]
    for (ours, theirs, currencies) in networks {
      for (currency, ticker) in currencies {
        guard let asset = Asset(text: "\(currency)-\(ours)") else {
          preconditionFailure("\(currency)-\(ours) is not listed")
        }
        names[asset] = ChangeNOWCurrency(ticker: ticker, network: theirs)
      }
    }
    return names
  }()

  private static let assets = Dictionary(uniqueKeysWithValues: names.map { ($1, $0) })
}

// Our network, theirs, and on it our currencies with their tickers.
private let networks: [(String, String, KeyValuePairs<String, String>)] = [
  ("ADA", "ada", ["ADA": "ada"]),
  ("BASE", "base", ["ETH": "eth", "USDC": "usdc", "USDT": "usdt"]),
  ("BCH", "bch", ["BCH": "bch"]),
  (
    "BSC", "bsc",
    [
      "AAVE": "aave", "ADA": "ada", "AVAX": "avax", "BCH": "bch", "BNB": "bnb", "BONK": "bonk",
      "DAI": "dai", "DOGE": "doge", "DOT": "dot", "ETC": "etc", "ETH": "eth", "FDUSD": "fdusd",
      "FIL": "fil", "INJ": "inj", "LINK": "link", "LTC": "ltc", "NEAR": "near", "SHIB": "shib",
      "SOL": "sol", "TON": "ton", "TRX": "trx", "USD1": "usd1", "USDC": "usdc", "USDE": "usde",
      "USDT": "usdt", "VET": "vet", "WLFI": "wlfi", "XRP": "xrp",
    ]
  ),
  ("BTC", "btc", ["BTC": "btc"]),
  ("DOGE", "doge", ["DOGE": "doge"]),
  (
    "ETH", "eth",
    [
      "AAVE": "aave", "ARB": "arb", "BGB": "bgb", "CRO": "cro", "DAI": "dai", "DOGE": "doge",
      "ETH": "eth", "FDUSD": "fdusd", "GRT": "grt", "IMX": "imx", "INJ": "inj", "LDO": "ldo",
      "LEO": "leo", "LINK": "link", "MNT": "mnt", "OKB": "okb", "ONDO": "ondo", "PEPE": "pepe",
      "QNT": "qnt", "SHIB": "shib", "SOL": "sol", "TON": "ton", "USD1": "usd1", "USDC": "usdc",
      "USDE": "usde", "USDT": "usdt", "WLD": "wld", "WLFI": "wlfi",
    ]
  ),
  ("LTC", "ltc", ["LTC": "ltc"]),
  (
    "MATIC", "matic",
    ["DAI": "dai", "GRT": "grt", "LINK": "link", "USDC": "usdc", "USDT": "usdt"]
  ),
  (
    "SOL", "sol",
    [
      "BONK": "bonk", "FDUSD": "fdusd", "JUP": "jup", "SOL": "sol", "USD1": "usd1",
      "USDC": "usdc", "USDT": "usdt", "WLFI": "wlfi",
    ]
  ),
  ("TON", "ton", ["TON": "ton", "USDE": "usde", "USDT": "usdt"]),
  ("TRX", "trx", ["TRX": "trx", "USD1": "usd1", "USDT": "usdt"]),
  ("XLM", "xlm", ["XLM": "xlm"]),
  ("XMR", "xmr", ["XMR": "xmr"]),
  ("XRP", "xrp", ["XRP": "xrp"]),
  ("ZEC", "zec", ["ZEC": "zec"]),
]
