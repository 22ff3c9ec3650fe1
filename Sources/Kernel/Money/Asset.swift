/// A currency on one network: `USDT-ETH` and `USDT-TRX` are two assets (MO-04).
///
/// The list is closed: the 87 pairs a client may be paid in (domain 2.10), and US dollars as the
/// unit of prices. An asset is its place in that list, so comparing two is comparing two numbers.
public struct Asset: TextValue, CustomStringConvertible {
  /// Place in `Asset.listed`; 0 is `none`.
  let index: UInt8

  private init(index: UInt8) { self.index = index }

  /// Reads `CURRENCY-NETWORK` of a listed pair, or `USD`.
  public init?(text: String) {
    var text = text
    guard let asset = text.withUTF8({ Asset(utf8: UnsafeRawBufferPointer($0)) }) else {
      return nil
    }
    self = asset
  }

  public init?(utf8 bytes: UnsafeRawBufferPointer) {
    guard let label = AssetLabel(bytes) else { return nil }
    let index = Self.places.index(of: label)
    guard index > 0 else { return nil }
    self.index = index
  }

  /// A listed pair; upper or lower case, as providers differ.
  public init?(currency: String, network: String) {
    self.init(text: "\(currency.uppercased())-\(network.uppercased())")
  }

  /// No asset: what a blank amount is in.
  ///
  /// It has no text and never reaches the log.
  public static let none = Asset(index: 0)
  public static let usd = listed("USD")
  public static let usdt = listed("USDT-ETH")
  public static let eth = listed("ETH-ETH")
  public static var blank: Asset { none }

  public var text: String { Self.rows[Int(index)].text }
  public var currency: String { Self.rows[Int(index)].currency }
  /// The network, empty for US dollars.
  public var network: String { Self.rows[Int(index)].network }
  /// Digits after the point of the smallest unit: the chain's where this platform sends the asset
  /// itself, 18 where only a swap provider reports amounts of it, 8 for US dollars.
  public var decimals: Int { Int(Self.scales[Int(index)]) }
  /// The token's contract on Ethereum mainnet; nil for native coins and other networks.
  public var contract: String? { Self.rows[Int(index)].contract }
  /// True for the dollar-pegged token that accumulations are kept in, on any network: it is valued
  /// at one to one.
  public var isTether: Bool { currency == "USDT" }
  /// True where the host wallet can send it: ETH, and tokens with a known contract.
  public var isSendable: Bool { self == .eth || contract != nil }
  public var description: String { index == 0 ? "no asset" : text }
  public var isWritable: Bool { index > 0 }

  public func write(to out: inout CanonicalText) { out.put(plain: text) }

  /// Every pair a client can be paid in, by network and then currency.
  public static var payable: [Asset] {
    (1..<UInt8(rows.count)).map(Asset.init(index:)).filter { !$0.network.isEmpty }
  }

  /// Places in the list, `none`'s among them.
  static let count = rows.count

  /// Whether an address is a known token's contract: money sent there is lost (SW-11).
  static func isContract(_ address: String) -> Bool {
    let address = address.lowercased()
    return rows.contains { $0.contract?.lowercased() == address }
  }

  /// The asset of a place, `none` for 0; nil beyond the list.
  init?(place: Int) {
    guard (0..<Self.count).contains(place) else { return nil }
    index = UInt8(place)
  }

  private static func listed(_ text: String) -> Asset {
    guard let asset = Asset(text: text) else { preconditionFailure("\(text) is not listed") }
    return asset
  }

  private struct Row: Sendable {
    let currency: String
    let network: String
    let decimals: Int
    let contract: String?
    let text: String

    init(_ currency: String, _ network: String) {
      self.currency = currency
      self.network = network
      contract = network == "ETH" ? ethereumTokens[currency]?.contract : nil
      text = network.isEmpty ? currency : "\(currency)-\(network)"
      if network.isEmpty {
        decimals = 8
      } else if network == "ETH", let token = ethereumTokens[currency] {
        decimals = token.decimals
      } else {
        decimals = currency == "USDT" && tetherOfSixDecimals.contains(network) ? 6 : 18
      }
    }
  }

  private static let rows: [Row] =
    [Row("", "")] + [Row("USD", "")]
    + networks.flatMap { network, currencies in
      currencies.split(separator: " ").map { Row(String($0), network) }
    }

  private static let scales = rows.map { UInt8($0.decimals) }
  private static let places = AssetPlaces(rows.map(\.text))
}

/// An asset's text as two words, the last byte its length: none is longer than 15 bytes.
struct AssetLabel: Equatable {
  private let low: UInt64
  private let high: UInt64

  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count <= 15 else { return nil }
    let text = PackedText(bytes)
    low = text.first
    high = text.second | UInt64(bytes.count)
  }

  var slot: Int {
    let mixed = (low ^ high &* 31) &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: mixed >> 55)
  }
}

/// Finds an asset's place by its text: open addressing, a quarter full, fixed once it is made.
struct AssetPlaces: Sendable {
  private var slots = [UInt8](repeating: 0, count: 512)
  private let labels: [AssetLabel]

  init(_ texts: [String]) {
    labels = texts.map { text in
      var text = text
      guard let label = text.withUTF8({ AssetLabel(UnsafeRawBufferPointer($0)) }) else {
        preconditionFailure("\(text) is too long")
      }
      return label
    }
    for index in labels.indices.dropFirst() {
      var slot = labels[index].slot
      while slots[slot] > 0 { slot = (slot + 1) % 512 }
      slots[slot] = UInt8(index)
    }
  }

  /// 0 where no asset has the label.
  func index(of label: AssetLabel) -> UInt8 {
    var slot = label.slot
    while slots[slot] > 0, labels[Int(slots[slot])] != label { slot = (slot + 1) % 512 }
    return slots[slot]
  }
}

// Tether counts millionths there; on BNB Smart Chain it has 18 decimals (external-apis 5).
private let tetherOfSixDecimals: Set<String> = ["BASE", "MATIC", "SOL", "TON", "TRX"]

// What the host wallet can send besides ETH.
private let ethereumTokens: [String: (decimals: Int, contract: String)] = [
  "USDT": (6, "0xdAC17F958D2ee523a2206206994597C13D831ec7"),
  "USDC": (6, "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"),
  "DAI": (18, "0x6B175474E89094C44Da98b954EedeAC495271d0F"),
]

// `currency_to_network_supported_mappings`: 87 pairs on 16 networks.
private let networks: [(String, String)] = [
  ("ADA", "ADA"),
  ("BASE", "ETH USDC USDT"),
  ("BCH", "BCH"),
  (
    "BSC",
    """
    AAVE ADA AVAX BCH BNB BONK DAI DOGE DOT ETC ETH FDUSD FIL INJ LINK LTC NEAR SHIB SOL TON TRX \
    USD1 USDC USDE USDT VET WLFI XRP
    """
  ),
  ("BTC", "BTC"),
  ("DOGE", "DOGE"),
  (
    "ETH",
    """
    AAVE ARB BGB CRO DAI DOGE ETH FDUSD GRT IMX INJ LDO LEO LINK MNT OKB ONDO PEPE QNT SHIB SOL \
    TON USD1 USDC USDE USDT WLD WLFI
    """
  ),
  ("LTC", "LTC"),
  ("MATIC", "DAI GRT LINK USDC USDT"),
  ("SOL", "BONK FDUSD JUP SOL USD1 USDC USDT WLFI"),
  ("TON", "TON USDE USDT"),
  ("TRX", "TRX USD1 USDT"),
  ("XLM", "XLM"),
  ("XMR", "XMR"),
  ("XRP", "XRP"),
  ("ZEC", "ZEC"),
]
