import Gateways
import Kernel

/// A small Ethereum: accounts, three tokens, a pool, and a block at every beat of the wall clock.
///
/// Blocks are counted from the genesis by time alone, so an empty one costs nothing; transactions
/// that wait are mined into the next. There are no contracts but the tokens: those are the business
/// of the real EVM under `tools/evmnode`. What goes wrong with chains is in `Chain+Trouble`.
struct Chain {
  let rules: Rules
  let made: Made
  /// Where money out of nothing comes from.
  let faucet: EthereumAddress
  private(set) var arrivals = 0
  /// True while nothing is mined.
  var isPaused = false
  /// The last final block, while finality doesn't move.
  var stalledAt: Int?
  /// From which block on the base fee is multiplied by how much.
  var feeSteps: [(from: Int, factor: Int128)] = []
  /// The first block of each branch that took the place of another one.
  var branches: [Int] = []

  var balances: [EthereumAddress: History] = [:]
  var tokens: [EthereumAddress: [EthereumAddress: History]] = [:]
  var nonces: [EthereumAddress: History] = [:]
  var pool: [EthereumAddress: [Int: ChainTransaction]] = [:]
  /// Payments of the chain's own houses (faucet, providers) for the next block.
  var houseQueue: [ChainTransaction] = []
  /// What the pool has lost and may find again.
  var lost: [ChainTransaction] = []
  var mined: [String: MinedTransaction] = [:]
  /// The hashes of each block that isn't empty.
  var blocks: [Int: [String]] = [:]
  var movements: [Movement] = []
  /// Movements without `depositBlocks` on top of them.
  var settling: [Movement] = []

  init(_ rules: Rules) {
    self.rules = rules
    made = Made(seed: rules.seed)
    faucet = made.address("faucet", 0)
  }

  /// The most that is made out of nothing at a time, so that sums stay within `Int128`.
  static let highestAmount: Int128 = 1_000_000_000_000_000_000_000_000_000_000
  static let blockGasLimit = 45_000_000
  static let suggestedTip: Int128 = 100_000_000
  /// The lowest base fee there ever is.
  static let lowestBaseFee: Int128 = 1_000_000_000

  /// The tokens there are, by contract.
  static let assets: [EthereumAddress: Asset] = {
    var assets: [EthereumAddress: Asset] = [:]
    for asset in Asset.payable {
      guard let contract = asset.contract.flatMap(EthereumAddress.init) else { continue }
      assets[contract] = asset
    }
    return assets
  }()

  // MARK: Blocks

  /// The newest block at a time.
  func height(at time: Int) -> Int { max(0, time - rules.genesis) / rules.blockMilliseconds }

  func finalHeight(at time: Int) -> Int {
    let usual = max(0, height(at: time) - rules.confirmations)
    return stalledAt.map { min($0, usual) } ?? usual
  }

  func timestamp(of block: Int) -> Int {
    (rules.genesis + block * rules.blockMilliseconds) / 1000
  }

  /// It walks up and down by at most a tenth.
  func baseFee(of block: Int) -> Int128 {
    let factor = feeSteps.last { $0.from <= block }?.factor ?? 1
    return (Self.lowestBaseFee + Int128(block * 7 % 11) * 10_000_000) * factor
  }

  /// Chosen by the number and what is in it.
  func blockHash(_ block: Int) -> String {
    let content = blocks[block, default: []].joined()
    let branch = branches.count { $0 <= block }
    let kind = branch == 0 ? "block" : "block of branch \(branch)"
    return Hex.text(Keccak.hash(Array("\(made.hash(kind, block))\(content)".utf8)))
  }

  /// When the next block with anything in it is due.
  func nextBlock(after time: Int) -> Int? {
    guard !isPaused, !houseQueue.isEmpty || !settling.isEmpty || hasMineable else { return nil }
    return rules.genesis + (height(at: time) + 1) * rules.blockMilliseconds
  }

  private var hasMineable: Bool {
    pool.contains { sender, slots in
      slots[Int(nonce(of: sender))].map { $0.maxFee >= Self.lowestBaseFee } ?? false
    }
  }

  // MARK: Accounts

  func nonce(of account: EthereumAddress) -> Int128 { nonces[account]?.last ?? 0 }

  /// The first nonce that is neither mined, as of a block, nor waiting without a gap.
  func pendingNonce(of account: EthereumAddress, at block: Int) -> Int {
    var next = Int(nonces[account]?.value(at: block) ?? 0)
    while pool[account]?[next] != nil { next += 1 }
    return next
  }

  func balance(of account: EthereumAddress) -> Int128 { balances[account]?.last ?? 0 }

  func balance(of account: EthereumAddress, token: EthereumAddress) -> Int128 {
    tokens[token]?[account]?.last ?? 0
  }

  // MARK: Houses

  /// Lets one of the chain's own houses pay, with money made for it.
  ///
  /// Gives the hash that it will be mined under.
  @discardableResult
  mutating func pay(
    _ money: Money, from house: EthereumAddress, to recipient: EthereumAddress
  ) -> String {
    arrivals += 1
    var target = recipient
    var data: [UInt8] = []
    if money.asset != .eth {
      guard let contract = money.asset.contract, let token = EthereumAddress(contract),
        let call = ERC20.transfer(to: recipient.text, amount: money.units)
      else { preconditionFailure("\(money.asset) is not on this chain") }
      target = token
      data = call
    }
    let hash = made.hash("house payment", arrivals)
    houseQueue.append(
      ChainTransaction(
        hash: hash, from: house, to: target, nonce: arrivals,
        value: data.isEmpty ? money.units : 0, data: data, gasLimit: 100_000,
        maxFee: 2 * Self.lowestBaseFee, tip: Self.suggestedTip, arrival: arrivals))
    return hash
  }

  mutating func nextArrival() -> Int {
    arrivals += 1
    return arrivals
  }
}
