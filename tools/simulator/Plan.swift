import Kernel

/// A class of bad manners; each seed has about half of them.
package enum Fault: String, CaseIterable, Sendable {
  // The process and its disk.
  /// The process is killed at one of its points, or loses its power there.
  case kill
  case power
  /// A write or a sync fails, and the page is clean ever after.
  case diskError = "disk-error"
  case diskFull = "disk-full"
  /// Syncs that take seconds.
  case slowDisk = "slow-disk"
  /// The process stands still, for up to a day, and goes on as if nothing was.
  case pause
  /// The process's clock is set forward or back.
  case clock
  /// A second process over the same log, which believes itself alone.
  case zombie
  /// A sync says yes and nothing is safe; what a power cut takes then comes back from a mirror.
  case lie = "lying-disk"
  /// An older copy is put in the place of the log.
  case restore

  // The way to the providers, and theirs to the service.
  case lostRequest = "lost-request"
  /// What was asked is done, and the asker never hears of it.
  case lostAnswer = "lost-answer"
  /// A request or an answer takes up to an hour, long after its asker gave up.
  case delay
  case duplicate
  /// 429, 5xx, a proxy's page, an answer cut short.
  case refusal
  /// A provider is away for up to two days.
  case outage

  // The payment provider and those who pay.
  /// Notices come in many copies and in any order.
  case noticeStorm = "notice-storm"
  /// No notice comes at all.
  case silence
  case forgery
  /// Too little, too much, in another coin, again, refunded.
  case oddPayment = "odd-payment"
  /// What only a person can rule on: far too little, a second deposit, a coin that nobody can send.
  case heldPayment = "held-payment"
  /// A payment has the id that another order's had.
  case reusedID = "reused-id"
  /// The provider says that it paid, up to days before it does.
  case lateDeposit = "late-deposit"

  // The swap provider.
  /// Verifying, failed, refunded, expired, refused, created without an answer.
  case swapTrouble = "swap-trouble"
  /// Swaps are made and nothing is told of them, for longer than some of them wait.
  case blindSwaps = "blind-swaps"

  // The chain.
  case reorg
  case stall
  case feeSpike = "fee-spike"
  case poolLoss = "pool-loss"
  /// There is a second node, and for hours it shows blocks of long ago.
  case laggingNode = "lagging-node"

  /// True of what befalls single calls and payments; the others come over everything for a while.
  var isPerCall: Bool {
    switch self {
    case .slowDisk, .lostRequest, .lostAnswer, .delay, .duplicate, .refusal, .noticeStorm, .silence,
      .forgery, .oddPayment, .heldPayment, .reusedID, .lateDeposit, .swapTrouble:
      true
    case .kill, .power, .diskError, .diskFull, .pause, .clock, .zombie, .lie, .restore, .outage,
      .reorg, .stall, .feeSpike, .poolLoss, .laggingNode, .blindSwaps:
      false
    }
  }
}

/// What a seed is going to be: drawn from it alone, before anything happens.
package struct Plan: Sendable {
  package let seed: UInt64
  /// Days in which everything may happen; two more follow without faults.
  package let days: Int
  /// How often: in a million calls, or the mean seconds between two.
  package private(set) var rates: [Fault: Int] = [:]
  let start: Instant
  let channels: Int
  /// Mean seconds between two orders.
  let orderSeconds: Int64
  let chainPollSeconds: Int
  let swapPollSeconds: Int
  let flow: SwapFlow
  let depositMinutes: Int
  let opensBatchesAtOnce: Bool
  let hasCaps: Bool
  let keepsSnapshots: Bool
  let followsTables: Bool
  /// What a client's payments in one coin must be worth to be swapped as one; 0 where none are.
  let poolUSDT: Int
  /// Whether the swap provider lists our swaps.
  let listsSwaps: Bool
  let segmentBytes: Int

  /// - Parameters:
  ///   - days: How long everything may happen; nil for what the seed says, mostly 30.
  ///   - without: Faults to be left out, so that one can see which of them matter.
  ///   - often: Faults that come several times a day, or with every tenth call, whatever the seed
  ///     says.
  package init(
    seed: UInt64, days: Int? = nil, without: Set<Fault> = [], often: Set<Fault> = []
  ) {
    self.seed = seed
    var dice = Dice(seed: seed, "plan")
    let usual = 30
    self.days = days ?? usual
    // 2026, and some way into the next year.
    start = Instant(microseconds: 20_454 * Instant.perDay).adding(days: Int(seed % 400))
    channels = Int(dice.loguniform(1...12))
    orderSeconds = dice.loguniform(9_000...200_000)
    chainPollSeconds = dice.pick([30, 60, 120, 300])
    swapPollSeconds = dice.pick([60, 120, 300])
    flow = dice.pick([.fixedRate, .fixedRate, .standard])
    depositMinutes = dice.pick([25, 60, 180])
    opensBatchesAtOnce = dice.below(2) == 0
    var others = Dice(seed: seed, "rules")
    hasCaps = others.below(2) == 0
    keepsSnapshots = others.below(2) == 0
    followsTables = others.below(10) == 0
    segmentBytes = others.pick([1 << 16, 1 << 18, 1 << 20])
    poolUSDT = others.pick([0, 0, 0, 60, 150, 400])
    listsSwaps = others.below(2) == 0
    for fault in Fault.allCases {
      // A stream each: a fault more in the list changes none of the others.
      var dice = Dice(seed: seed, "rate of \(fault.rawValue)")
      let isOn = dice.below(2) == 0
      let range: ClosedRange<Int64> = fault.isPerCall ? 2_000...160_000 : 7_200...900_000
      var rate = dice.loguniform(range)
      // A month sees one of them or two.
      if fault == .restore { rate += 864_000 }
      if isOn, !without.contains(fault) { rates[fault] = Int(rate) }
      if often.contains(fault) { rates[fault] = fault.isPerCall ? 100_000 : 21_600 }
    }
  }

  package var faults: [Fault] { Fault.allCases.filter { rates[$0] != nil } }
}
