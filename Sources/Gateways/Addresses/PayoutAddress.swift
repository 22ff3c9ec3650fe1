public import Kernel

/// Whether a client's wallet can be an address of the network it is to be paid on.
///
/// One form or a few a network, each with its checksum, so that a mistyped character is refused;
/// Solana's have none, and there only length, alphabet and curve can be looked at. Testnets,
/// contracts that are known, and places that nobody holds a key of are refused. Sources: BIP-173,
/// BIP-350, CashAddr, SEP-23, XLS-5, the TON, Cardano and Monero address formats, EIP-55.
public enum PayoutAddress {
  /// Why a text is none, in words that follow the field's name; nil where it is one.
  public static func obstacle(_ address: String, of asset: Asset) -> String? {
    let rule = rule(of: asset.network)
    guard rule.isAddress(address) else {
      return "is no address of that network: \(rule.form)"
    }
    if let contract = asset.contract, address.lowercased() == contract.lowercased() {
      return "is the contract of the token itself, which nobody can spend from"
    }
    if tokenContracts.contains(address) {
      return "is a token's contract, which nobody can spend from"
    }
    return nil
  }

  private struct Rule {
    /// What an address looks like there.
    let form: String
    let isAddress: (String) -> Bool
  }

  private static func rule(of network: String) -> Rule {
    switch network {
    case "ETH", "BSC", "MATIC", "BASE":
      Rule(form: "0x and 40 digits with a right checksum") {
        EthereumAddress($0).map { !$0.isZero } ?? false
      }
    case "BTC": bitcoin(versions: [[0x00], [0x05]], prefix: "bc", begins: "1, 3 or bc1")
    case "LTC":
      bitcoin(versions: [[0x30], [0x32]], prefix: "ltc", begins: "L, M or ltc1")
    case "DOGE": bitcoin(versions: [[0x1e], [0x16]], prefix: nil, begins: "D, 9 or A")
    case "ZEC":
      bitcoin(versions: [[0x1c, 0xb8], [0x1c, 0xbd]], prefix: nil, begins: "t1 or t3")
    case "TRX": bitcoin(versions: [[0x41]], prefix: nil, begins: "T")
    case "BCH":
      Rule(
        form: "bitcoincash: and 42 characters with a right checksum", isAddress: CashAddress.isOne)
    case "XRP":
      Rule(form: "r or X and a right checksum", isAddress: RippleAddress.isOne)
    case "XLM":
      Rule(form: "G and 55 characters with a right checksum", isAddress: StellarAddress.isOne)
    case "TON":
      Rule(
        form: "48 characters with a right checksum, of the main net", isAddress: TonAddress.isOne)
    case "XMR":
      Rule(form: "4 or 8 and 94 or 105 more with a right checksum", isAddress: MoneroAddress.isOne)
    case "ADA":
      Rule(form: "addr1 and a right checksum", isAddress: CardanoAddress.isOne)
    case "SOL":
      Rule(form: "32 bytes in base 58, a point of the curve", isAddress: SolanaAddress.isOne)
    default: Rule(form: "nothing can be paid there") { _ in false }
    }
  }

  /// Bitcoin's form and those that descend from it: a version and 20 bytes under a checksum, or
  /// a witness program under a prefix of words.
  private static func bitcoin(
    versions: [[UInt8]], prefix: String?, begins: String
  ) -> Rule {
    Rule(form: "begins with \(begins), and has a right checksum") { text in
      if let prefix, SegwitAddress.isOne(text, prefix: prefix) { return true }
      guard let bytes = Base58.checked(text) else { return false }
      return versions.contains { bytes.count == $0.count + 20 && bytes.starts(with: $0) }
    }
  }

  // Tether on TRON; Ethereum's tokens are known by their assets.
  private static let tokenContracts: Set<String> = ["TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"]
}
