import Gateways
package import Kernel

/// What really happened outside, for whoever judges a service by it; no provider tells all of it.
extension StandIns {
  /// A transaction in the branch that counts now.
  package struct Mined: Sendable {
    package let hash: String
    package let nonce: Int
    package let block: Int
    /// Nil where it moved nothing.
    package let money: Money?
    /// Who got it; of a token, not its contract.
    package let to: String
  }

  /// Value that came to a wallet.
  package struct Income: Sendable {
    package let hash: String
    package let money: Money
    /// True of money out of nothing.
    package let isGift: Bool
  }

  /// One exchange at the swap provider.
  package struct Exchange: Sendable {
    package let id: String
    package let status: String
    package let payin: String
    /// In smallest units, of every deposit to its address.
    package let deposited: Int128
    package let payoutHash: String?
    package let refundHash: String?
    package let address: String
    package let paid: Money?
  }

  /// One payment at the payment provider.
  package struct Payment: Sendable {
    package let id: Int
    package let status: String
    /// Under which the provider paid the outcome to the wallet.
    package let payoutHash: String?
  }

  package var finalBlock: Int { core.read { $0.chain.finalHeight(at: $0.time) } }

  /// Transactions of a wallet, in the order of their nonces.
  package func mined(of wallet: String) -> [Mined] {
    guard let account = EthereumAddress(wallet) else { return [] }
    return core.read { world in
      world.chain.mined.values.filter { $0.transaction.from == account }
        .sorted { $0.transaction.nonce < $1.transaction.nonce }
        .map { mined in
          let transaction = mined.transaction
          let value = transaction.value > 0 ? Money(transaction.value, .eth) : nil
          let money = mined.succeeded ? mined.log?.money ?? value : nil
          return Mined(
            hash: transaction.hash, nonce: transaction.nonce, block: mined.block, money: money,
            to: (mined.log?.to ?? transaction.to).text)
        }
    }
  }

  /// The first nonce that is neither mined nor waiting without a gap.
  package func nextNonce(of wallet: String) -> Int {
    guard let account = EthereumAddress(wallet) else { return 0 }
    return core.read { world in
      world.chain.pendingNonce(of: account, at: world.chain.height(at: world.time))
    }
  }

  package func income(of wallet: String) -> [Income] {
    guard let account = EthereumAddress(wallet) else { return [] }
    return core.read { world in
      world.chain.movements.filter { $0.to == account }.map {
        Income(hash: $0.hash, money: $0.money, isGift: $0.from == world.chain.faucet)
      }
    }
  }

  /// At the head.
  package func balance(of wallet: String, _ asset: Asset) -> Money? {
    guard let account = EthereumAddress(wallet) else { return nil }
    return core.read { world in
      if asset == .eth { return Money(world.chain.balance(of: account), .eth) }
      guard let token = asset.contract.flatMap(EthereumAddress.init) else { return nil }
      return Money(world.chain.balance(of: account, token: token), asset)
    }
  }

  /// In the order they were made.
  package var exchanges: [Exchange] {
    core.read { world in
      let firsts = world.swaps.order.compactMap { world.swaps.all[$0] }
      return firsts.filter { $0.original == nil }.map { swap in
        let repeats = (swap.repeated + swap.related).compactMap { world.swaps.all[$0]?.deposit }
        let deposits = [swap.deposit].compactMap { $0 } + repeats
        return Exchange(
          id: swap.id, status: swap.status.rawValue, payin: swap.payin,
          deposited: deposits.reduce(0) { $0 + $1.money.units }, payoutHash: swap.payoutHash,
          refundHash: swap.refundHash, address: swap.request.address, paid: swap.paid)
      }
    }
  }

  /// Which payment the provider paid for under a hash.
  package var settlements: [String: Int] { core.read { $0.payments.settled } }

  package var payments: [Payment] {
    core.read { world in
      world.payments.all.values.sorted { $0.id < $1.id }.map {
        Payment(id: $0.id, status: $0.status, payoutHash: $0.payoutHash)
      }
    }
  }
}
