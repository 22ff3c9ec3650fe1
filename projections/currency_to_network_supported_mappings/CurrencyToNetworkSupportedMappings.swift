public import Kernel

/// The seeds' list of what a client can be paid in: one row per currency and network.
public enum CurrencyToNetworkSupportedMappings: PlainProjection {
  public static let table = Table(
    "currency_to_network_supported_mappings",
    sql: PackageResources.currency_to_network_supported_mappings_sql)
  public static let families: EventFamilies = [.ledger]

  public struct Row: TableRow {
    public var key: Asset
    public var id = 0
    public var currencyName = ""
    public var networkName = ""
    public var isActive = true
    public var position = 0

    public static var blank: Row { Row(key: .none) }

    public init(key: Asset) { self.key = key }

    public mutating func list<F: Fields>(_ fields: inout F) {
      var (currency, network) = (key.currency, key.network)
      fields.integer("id", &id)
      fields.text("currency", &currency)
      fields.text("network", &network)
      fields.text("currency_name", &currencyName)
      fields.text("network_name", &networkName)
      fields.flag("is_active", &isActive)
      fields.integer("position", &position)
      key = Asset(currency: currency, network: network) ?? .none
    }
  }

  /// What people call a network; its code where nobody does.
  public static func name(ofNetwork code: String) -> String { networkNames[code] ?? code }
  public static func name(ofCurrency code: String) -> String { currencyNames[code] ?? code }

  public static func apply(_ recorded: Recorded, to rows: inout Rows<Row>) {
    switch recorded.event {
    case .ledger(.opened):
      for (index, asset) in Asset.payable.enumerated() {
        var row = Row(key: asset)
        row.id = index + 1
        row.currencyName = name(ofCurrency: asset.currency)
        row.networkName = name(ofNetwork: asset.network)
        rows[asset] = row
      }
    case .ledger(.recovered), .ledger(.adoptionBegun), .ledger(.frozen), .ledger(.unfrozen),
      .ledger(.capsSet), .ledger(.unfreezeApproved), .ledger(.capsAsked), .ledger(.capsApproved),
      .ledger(.tableAsked), .ledger(.dustSwept), .ledger(.liabilitiesPublished),
      .ledger(.difference), .ledger(.legacy), .ledger(.step), .channel, .order, .payment,
      .accumulation, .conversion, .batch, .split, .hostpay, .transfer, .wallet, .account, .invite,
      .membership, .chat:
      break
    }
  }
}

private let networkNames: [String: String] = [
  "ADA": "Cardano", "BASE": "Base", "BCH": "Bitcoin Cash", "BSC": "BNB Smart Chain",
  "BTC": "Bitcoin", "DOGE": "Dogecoin", "ETH": "Ethereum", "LTC": "Litecoin", "MATIC": "Polygon",
  "SOL": "Solana", "TON": "TON", "TRX": "TRON", "XLM": "Stellar", "XMR": "Monero",
  "XRP": "XRP Ledger", "ZEC": "Zcash",
]

private let currencyNames: [String: String] = [
  "AAVE": "Aave", "ADA": "Cardano", "ARB": "Arbitrum", "AVAX": "Avalanche", "BCH": "Bitcoin Cash",
  "BGB": "Bitget Token", "BNB": "BNB", "BONK": "Bonk", "BTC": "Bitcoin", "CRO": "Cronos",
  "DAI": "Dai", "DOGE": "Dogecoin", "DOT": "Polkadot", "ETC": "Ethereum Classic",
  "ETH": "Ethereum", "FDUSD": "First Digital USD", "FIL": "Filecoin", "GRT": "The Graph",
  "IMX": "Immutable", "INJ": "Injective", "JUP": "Jupiter", "LDO": "Lido DAO",
  "LEO": "UNUS SED LEO", "LINK": "Chainlink", "LTC": "Litecoin", "MNT": "Mantle",
  "NEAR": "NEAR Protocol", "OKB": "OKB", "ONDO": "Ondo", "PEPE": "Pepe", "QNT": "Quant",
  "SHIB": "Shiba Inu", "SOL": "Solana", "TON": "Toncoin", "TRX": "TRON", "USD1": "USD1",
  "USDC": "USD Coin", "USDE": "Ethena USDe", "USDT": "Tether USD", "VET": "VeChain",
  "WLD": "Worldcoin", "WLFI": "World Liberty Financial", "XLM": "Stellar Lumens", "XMR": "Monero",
  "XRP": "XRP", "ZEC": "Zcash",
]
