/// A command's exact bytes: two commands have the same bytes only if they are the same.
///
/// For digests alone. Every value takes a fixed number of bytes or says its length first, so that
/// no two rows of values run together; nothing in it can trap, whatever the outside said.
public struct CommandBytes: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  /// Begins a command, by its family and case.
  mutating func put(_ name: StaticString) {
    put(name.utf8CodeUnitCount)
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }

  mutating func put(_ text: String) {
    var text = text
    text.withUTF8 {
      put($0.count)
      bytes.append(contentsOf: $0)
    }
  }

  mutating func put<Kind: IDKind>(_ id: ID<Kind>) { put(id.text) }
  mutating func put(_ word: some Word) { put(word.rawValue) }
  mutating func put(_ text: Personal) { put(text.value) }
  mutating func put(_ asset: Asset) { put(asset == .none ? "" : asset.text) }
  mutating func put(_ instant: Instant) { put(Int(instant.microseconds)) }
  mutating func put(_ share: BasisPoints) { put(share.value) }
  mutating func put(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

  mutating func put(_ number: Int) {
    withUnsafeBytes(of: Int64(number).littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func put(_ money: Money) {
    withUnsafeBytes(of: money.units.littleEndian) { bytes.append(contentsOf: $0) }
    put(money.asset)
  }

  mutating func put(_ rate: Rate) {
    put(rate.text)
    put(rate.from)
    put(rate.to)
  }

  mutating func put<T>(_ value: T?, _ put: (inout Self, T) -> Void) {
    self.put(value != nil)
    if let value { put(&self, value) }
  }

  mutating func put<T>(_ values: [T], _ put: (inout Self, T) -> Void) {
    self.put(values.count)
    for value in values { put(&self, value) }
  }

  mutating func put(_ text: String?) { put(text) { $0.put($1) } }
}

// The values that commands carry, field by field; a test counts the fields.

extension CommandBytes {
  mutating func put<Kind: IDKind>(_ face: ChannelFace<Kind>) {
    put(face.description)
    put(face.id)
    put(face.title)
  }

  mutating func put(_ payout: PayoutSettings) {
    put(payout.asset)
    put(payout.strategy)
    put(payout.threshold)
    put(payout.wallet)
  }

  mutating func put(_ channel: ChannelRegistration) {
    put(channel.open)
    put(channel.closed)
    put(channel.tiers) {
      $0.put($1.days)
      $0.put($1.price)
    }
    put(channel.payout)
    put(channel.donationMessage)
    put(channel.notify) { $0.put($1) }
  }

  mutating func put(_ report: PaymentReport) {
    put(report.payment)
    put(report.status)
    put(report.source)
    put(report.raw)
    put(report.order)
    put(report.parent) { $0.put($1) }
    put(report.priceAmount)
    put(report.priceCurrency)
    put(report.payAmount)
    put(report.payCurrency)
    put(report.payAddress)
    put(report.actuallyPaid)
    put(report.outcomeAmount)
    put(report.outcomeCurrency)
    put(report.updatedAt)
  }

  mutating func put(_ policy: PaymentPolicy) {
    put(policy.fee)
    put(policy.tolerance)
    put(policy.isAccumulating)
  }

  mutating func put(_ ruling: PaymentRuling) {
    switch ruling {
    case .accept(let order, let rate, let policy):
      put("accept")
      put(order) { $0.put($1) }
      put(rate) { $0.put($1) }
      put(policy)
    case .refund(let transaction):
      put("refund")
      put(transaction)
    case .writeOff: put("writeOff")
    case .uphold: put("uphold")
    case .reverse(let booked, let transaction):
      put("reverse")
      put(booked.channel)
      put(booked.outcome)
      put(booked.fee)
      put(booked.net)
      put(booked.owed)
      put(booked.rate)
      if let granted = booked.granted {
        put(granted.order)
        put(granted.days)
      }
      put(transaction)
    }
  }

  mutating func put(_ purpose: SplitPurpose) {
    put(purpose.batch) { $0.put($1) }
    put(purpose.conversion) { $0.put($1) }
    put(purpose.payment) { $0.put($1) }
  }

  mutating func put(_ estimate: SplitEstimate) {
    put(estimate.fromAmount)
    put(estimate.toAmount)
    put(estimate.depositFee)
    put(estimate.withdrawalFee)
    put(estimate.rate)
    put(estimate.validUntil) { $0.put($1) }
  }

  mutating func put(_ swap: OpenedSwap) {
    put(swap.swap)
    put(swap.attempt)
    put(swap.fromAmount)
    put(swap.payin)
    put(swap.payinExtra)
    put(swap.payout)
    put(swap.toAmount)
    put(swap.validUntil) { $0.put($1) }
  }

  mutating func put(_ quote: TransferQuote) {
    put(quote.latestNonce)
    put(quote.pendingNonce)
    put(quote.gasLimit)
    put(quote.maxFeePerGas)
    put(quote.maxPriorityFeePerGas)
    put(quote.holdings) { $0.put($1) }
    // At the end, and nothing where there is none: its bytes are what they were before it.
    if let deposits = quote.deposits { put(deposits) }
  }

  mutating func put(_ signed: SignedTransfer) {
    put(signed.nonce)
    put(signed.attempt)
    put(signed.raw)
    put(signed.hash)
    put(signed.maxFeePerGas)
    put(signed.maxPriorityFeePerGas)
  }

  mutating func put(_ bid: TransferBid) {
    put(bid.gasLimit) { $0.put($1) }
    put(bid.maxFeePerGas)
    put(bid.maxPriorityFeePerGas)
  }

  mutating func put(_ mined: MinedTransfer) {
    put(mined.hash)
    put(mined.block)
    put(mined.gasUsed)
    put(mined.fee)
  }

  mutating func put(_ row: LegacyRow) {
    put(row.table.rawValue)
    put(row.key)
    put(row.cells.sorted { $0.key < $1.key }) {
      $0.put($1.key)
      $0.put($1.value)
    }
  }

  mutating func put(_ caps: Caps) {
    put(caps.transfer) { $0.put($1) }
    put(caps.clientDay) { $0.put($1) }
    put(caps.walletDay) { $0.put($1) }
    put(caps.plausible)
  }
}
