import Support
import Testing

@testable import Kernel

@Suite struct CommandBytesTests {
  private func bytes(_ command: LedgerCommand) -> [UInt8] {
    var bytes = CommandBytes()
    command.write(to: &bytes)
    return bytes.bytes
  }

  private static let face = ChannelFace<OpenChannelKind>(
    id: OpenChannelID(text: "-100123")!, title: "t", description: "d")
  private static let payout = PayoutSettings(
    asset: .eth, wallet: "0x1", strategy: .threshold, threshold: .zero(.usd))
  private static let report = PaymentReport(
    payment: PaymentID(text: "1")!, status: "waiting", source: .notice, raw: "{}")
  private static let order = OrderID(text: "o")!
  private static let policy = PaymentPolicy(
    fee: .standardFee, tolerance: .standardTolerance, isAccumulating: true)
  private static let estimate = SplitEstimate(
    fromAmount: "1", toAmount: "2", depositFee: "0", withdrawalFee: "0", rate: nil,
    validUntil: nil)
  private static let swap = OpenedSwap(
    swap: SwapID(text: "s")!, attempt: 1, fromAmount: "1", payin: "a", payinExtra: nil,
    payout: "b", toAmount: nil, validUntil: nil)
  static let quote = TransferQuote(
    latestNonce: 1, pendingNonce: 2, gasLimit: 3, maxFeePerGas: "4", maxPriorityFeePerGas: "5")
  private static let signed = SignedTransfer(
    nonce: 1, attempt: 1, raw: "0x", hash: "0x1", maxFeePerGas: "1", maxPriorityFeePerGas: "1")
  private static let step = ProcessKey(.split, "ab")
  private static let mined = MinedTransfer(hash: "0x", block: 1, gasUsed: 2, fee: .zero(.eth))
  static let look = OutsideLook(
    at: Instant(microseconds: 1),
    wallet: WalletLook(
      address: "a", block: 1, holdings: [.zero(.eth)],
      mined: [WalletLook.Mined(transfer: SplitID(number: 1).transfer, spent: [.zero(.eth)])]),
    transfers: [
      TransferLook(
        transfer: SplitID(number: 1).transfer, hash: "0x", amount: .zero(.eth), moved: nil)
    ],
    swaps: [SwapLook(swap: swap.swap, status: nil)],
    payments: [PaymentLook(payment: report.payment, status: nil, outcome: "")])
  private static let weighed: OutsideWeighed = {
    var weighed = OutsideWeighed(at: Instant(microseconds: 1))
    weighed.differing = [DifferenceKey(kind: .swapUnknown, subject: "s")]
    weighed.counts = [OutsideWeighed.Count(held: .zero(.eth), income: 1, spent: 2)]
    return weighed
  }()
  private static let rulings: [LedgerCommand] = [
    .payment(.rule(Self.report.payment, .writeOff, reason: "a")),
    .payment(.rule(Self.report.payment, .uphold, reason: "a")),
    .payment(.rule(Self.report.payment, .refund(transaction: "a"), reason: "b")),
    .payment(.rule(Self.report.payment, .refund(transaction: "ab"), reason: "")),
    .payment(
      .rule(Self.report.payment, .accept(order: nil, rate: nil, Self.policy), reason: "a")),
    .payment(
      .rule(
        Self.report.payment,
        .accept(order: nil, rate: Rate("2", from: .eth, to: .usdt), Self.policy), reason: "a")),
    .payment(
      .rule(
        Self.report.payment, .accept(order: Sample.order("a"), rate: nil, Self.policy),
        reason: "a")),
  ]

  @Test("counts: every field of what commands carry is written")
  func fields() {
    let values: [(Any, Int)] = [
      (Self.face, 3), (Self.payout, 4), (Tier(price: .zero(.usd), days: 1), 2),
      (Self.report, 15), (Self.policy, 3), (SplitPurpose.blank, 3), (Self.estimate, 6),
      (Self.swap, 8), (Self.quote, 7), (Self.signed, 6), (Self.mined, 4),
      (LegacyRow(.users, key: "", cells: [:]), 3), (Caps(), 4), (Self.look, 5),
      (Self.look.wallet!, 5), (Self.look.wallet!.mined[0], 2),
      (Self.look.transfers[0], 4), (Self.look.swaps[0], 2), (Self.look.payments[0], 3),
      (Self.weighed, 3), (Self.weighed.differing[0], 2), (Self.weighed.counts[0], 3),
      (
        ChannelRegistration(
          open: Self.face,
          closed: ChannelFace(id: ClosedChannelID(text: "-100456")!, title: "", description: ""),
          tiers: [], payout: Self.payout, donationMessage: nil, notify: nil), 6
      ),
    ]
    for (value, count) in values {
      #expect(
        Mirror(reflecting: value).children.count == count,
        "\(type(of: value)) has other fields: CommandBytes must write them")
    }
  }

  private static let accounts: [LedgerCommand] = {
    let id = AccountID(text: "3f2b8c1e-5d47-4a90-9b1c-7e6f0a2d4c58")!
    let session = SessionID(text: "0f1e2d3c4b5a69788796a5b4c3d2e1f0")!
    func signIn(_ address: String, _ device: String, _ step: Int?, _ hash: String?)
      -> NewSession
    {
      NewSession(
        session: session, address: address, device: device, step: step, recoveryHash: hash)
    }
    func open(_ name: String, _ email: String, _ password: String, _ hash: String)
      -> AccountCommand
    {
      .open(
        NewAccount(
          account: id, name: name, email: email, password: password, tokenHash: hash,
          session: signIn("", "", nil, nil)))
    }
    let all: [AccountCommand] = [
      open("ab", "", "", ""), open("a", "b", "", ""), open("", "ab", "", ""),
      open("", "", "ab", ""), open("", "", "", "ab"),
      .openSession(id, signIn("ab", "", nil, nil)), .openSession(id, signIn("a", "b", nil, nil)),
      .openSession(id, signIn("", "", 1, nil)), .openSession(id, signIn("", "", nil, "")),
      .renewSession(id, session, generation: 1), .renewSession(id, session, generation: 2),
      .closeSession(id, session, .logout), .closeSession(id, session, .reused),
      .issueMailToken(id, NewMailToken(purpose: .verify, hash: "a")),
      .issueMailToken(id, NewMailToken(purpose: .reset, hash: "a")),
      .issueMailToken(id, NewMailToken(purpose: .reset, hash: "a", email: "")),
      .cancelEmailChange(id), .confirmEmail(hash: "a", .verify), .confirmEmail(hash: "a", .change),
      .resetPassword(hash: "ab", password: ""), .resetPassword(hash: "a", password: "b"),
      .changePassword(id, password: "a", keeping: nil),
      .changePassword(id, password: "a", keeping: session),
      .enableCodes(id, NewCodes(key: "k", nonce: "", recovery: [], step: 1)),
      .enableCodes(id, NewCodes(key: "", nonce: "k", recovery: [], step: 1)),
      .enableCodes(id, NewCodes(key: "", nonce: "k", recovery: [""], step: 1)),
      .disableCodes(id), .unlinkTelegram(id), .changeRoles(id, [.auditor], reason: "a"),
      .changeRoles(id, [], reason: "a"), .close(id, reason: "a"), .close(id, reason: "b"),
    ]
    return all.map { .account($0) }
  }()

  private static let access: [LedgerCommand] = [
    .invite(.resend(Self.order)), .invite(.request(Self.order)),
    .membership(.expire(Self.order)),
    .membership(.noteRemoved(Self.order)), .invite(.renew(Self.order, attempt: 1)),
    .invite(.renew(Self.order, attempt: 2)), .invite(.fail(Self.order, reason: "")),
    .membership(.failRemoval(Self.order, reason: "")),
    .invite(.noteDelivered(Self.order, attempt: 1, message: 2)),
    .invite(.noteDelivered(Self.order, attempt: 2, message: 1)),
    .invite(
      .noteCreated(Self.order, attempt: 1, link: "a", validUntil: Instant(microseconds: .max))),
    .invite(
      .noteCreated(Self.order, attempt: 1, link: "b", validUntil: Instant(microseconds: .max))),
  ]

  private static let rotation: [LedgerCommand] = [
    .retire(successor: "a", second: "b", reason: "c"),
    .retire(successor: "a", second: "c", reason: "b"),
    .finish(nonce: 0, left: []), .finish(nonce: 0, left: [.zero(.eth)]),
    .noteSwept(mined, amount: .zero(.eth)), .noteSwept(mined, amount: .zero(.usdt)),
    .noteNonceLost(nonce: 1, hash: "a", block: 2, fee: nil, reason: ""),
    .noteNonceLost(nonce: 1, hash: "a", block: 2, fee: .zero(.eth), reason: ""),
    .noteNonceLost(nonce: 2, hash: "a", block: 1, fee: nil, reason: ""),
  ].map { (command: RotationCommand) in .wallet(.rotation(command)) }

  private static let chats: [LedgerCommand] = {
    let user = UserID(text: "1")!
    let open = OpenChannelID(text: "-10012345")!
    func hear(
      _ number: Int, _ text: String, _ query: String?, _ message: Int?, _ isPrivate: Bool,
      _ order: OrderID = Self.order
    ) -> LedgerCommand {
      .chat(
        .hear(
          ChatUpdate(
            number: number, user: user, text: text, query: query, message: message,
            isPrivate: isPrivate), order: order, fee: .standardFee))
    }
    return [
      hear(1, "ab", nil, nil, true), hear(2, "ab", nil, nil, true), hear(1, "a", "b", nil, true),
      hear(1, "", "ab", nil, true), hear(1, "", "ab", 1, true), hear(1, "", "ab", 1, false),
      hear(1, "", "ab", 1, false, OrderID(text: "another")!),
      .chat(.noteAnswered(1, message: 2)), .chat(.noteAnswered(2, message: 1)),
      .chat(.noteAnswered(1, message: nil)), .chat(.notePage(Self.order, update: 1, message: 2)),
      .chat(.notePage(Self.order, update: 2, message: 1)), .chat(.fail(1, reason: "a")),
      .chat(.failPage(Self.order, update: 1, reason: "a")), .chat(.fail(1, reason: "")),
      .chat(.switchOn(bot: "1", alarms: nil, isPosting: true)),
      .chat(.switchOn(bot: "1", alarms: nil, isPosting: false)),
      .chat(.switchOn(bot: "", alarms: "1", isPosting: false)), .chat(.switchOff),
      .chat(.remind(Self.order, end: Instant(microseconds: 1))),
      .chat(.remind(Self.order, end: Instant(microseconds: 2))),
      .chat(.raise(1, kind: "a", subject: "b", reason: "")),
      .chat(.raise(1, kind: "a", subject: "", reason: "b")), .chat(.noteNotice("a", message: 1)),
      .chat(.noteNotice("a", message: 2)), .chat(.failNotice("a", reason: "")),
      .chat(.post(open, .open, isByHand: true)), .chat(.post(open, .open, isByHand: false)),
      .chat(.post(open, .closed, isByHand: false)),
      .chat(.notePosted(open, .open, number: 1, message: 2)),
      .chat(.notePosted(open, .open, number: 2, message: 1)),
      .chat(.failPost(open, .open, number: 1, reason: "a")),
      .chat(.failPost(open, .closed, number: 1, reason: "a")),
    ]
  }()

  private static let ledger: [LedgerCommand] =
    [
      .ledger(.explain(difference: 1, reason: "a")), .ledger(.explain(difference: 2, reason: "a")),
      .ledger(.correct(difference: 1, SettledTransfer(.init()), reason: "a")),
      .ledger(.beginAdoption(forgotten: 1, reason: "a")),
      .ledger(.takeOver(LegacyRow(.users, key: "a", cells: [:]))),
      .ledger(.takeOver(LegacyRow(.channels, key: "a", cells: [:]))),
      .ledger(.takeOver(LegacyRow(.users, key: "b", cells: [:]))),
      .ledger(.step(.attempt(Self.step, number: 1))),
      .ledger(.step(.attempt(Self.step, number: 2))),
      .ledger(.step(.attempt(ProcessKey(.batch, "ab"), number: 1))),
      .channel(.net(ChannelKey(text: "c")!, reason: "a")),
      .channel(.net(ChannelKey(text: "c")!, reason: "ab")),
      .channel(.forgive(ChannelKey(text: "c")!, reason: "a")),
      .ledger(.compare(Self.look, after: Self.weighed)),
      .ledger(.compare(OutsideLook(at: Self.look.at), after: Self.weighed)),
      .ledger(.compare(Self.look, after: OutsideWeighed(at: Self.look.at))),
    ]
    + [["b": "c"], ["bc": ""]].map { .ledger(.takeOver(LegacyRow(.users, key: "a", cells: $0))) }
    + [StepState.opening, .opened].map {
      .ledger(.step(.noteOverdue(Self.step, ChannelKey(text: "c")!, $0, since: look.at)))
    }

  @Test("differs: wherever one value of a command does, and nowhere else")
  func differs() {
    let split = SplitID(text: "WE01000000000001")!
    let other = SplitID(text: "WE01000000000002")!
    let transfer = split.transfer
    var notes = [Self.report]
    for change: (inout PaymentReport) -> Void in [
      { $0.order = "" }, { $0.order = "a" }, { $0.parent = PaymentID(text: "1") },
      { $0.priceAmount = "a" }, { $0.priceCurrency = "a" }, { $0.payAmount = "a" },
      { $0.payCurrency = "a" }, { $0.payAddress = "a" }, { $0.actuallyPaid = "a" },
      { $0.outcomeAmount = "a" }, { $0.outcomeCurrency = "a" }, { $0.updatedAt = "a" },
    ] as [(inout PaymentReport) -> Void] {
      var report = Self.report
      change(&report)
      notes.append(report)
    }
    let commands: [LedgerCommand] =
      notes.map { .payment(.note($0, Self.policy)) } + Self.rulings + [
        .split(.hold(split, reason: "ab")), .split(.hold(split, reason: "a")),
        .split(.hold(other, reason: "ab")), .split(.fail(split, reason: "ab")),
        .split(.operate(split, .ask, reason: "ab")), .split(.operate(split, .retry, reason: "ab")),
        .split(.operate(split, .retry, reason: "a")), .split(.operate(other, .retry, reason: "ab")),
        .hostpay(.hold(split, reason: "ab")), .hostpay(.request(split)),
        .transfer(.request(split)), .hostpay(.noteFunded(split)),
        .split(.noteFinished(split, delivered: "1", payoutHash: nil)),
        .split(.noteFinished(split, delivered: "1", payoutHash: "")),
        .split(.noteFinished(split, delivered: "1", payoutHash: "", isUnseen: true)),
        .split(.noteFinished(split, delivered: "", payoutHash: "1")),
        .split(.noteRefunded(split, Self.swap.swap, amount: "1", transaction: "2")),
        .split(.noteRefunded(split, Self.swap.swap, amount: "12", transaction: "")),
        .split(.noteEstimate(split, Self.estimate)), .split(.noteSwap(split, Self.swap)),
        .split(
          .noteEstimate(
            split,
            SplitEstimate(
              fromAmount: "1", toAmount: "2", depositFee: "0", withdrawalFee: "0", rate: nil,
              validUntil: Instant(microseconds: .max)))),
        .transfer(.reserveNonce(transfer, Self.quote)),
        .transfer(.noteSigned(transfer, Self.signed)),
        .transfer(.noteSwapOver(transfer, Self.swap.swap, reason: "a")),
        .ledger(.unfreeze(reason: "a", by: "b")), .ledger(.unfreeze(reason: "ab", by: "")),
        .ledger(.approveCaps(digest: "a", by: "b")), .ledger(.approveCaps(digest: "ab", by: "")),
        .conversion(.pool(ChannelKey(text: "c")!, .eth, least: nil)),
        .conversion(.pool(ChannelKey(text: "c")!, .eth, least: .zero(.usdt))),
        .conversion(.pool(ChannelKey(text: "c")!, .usdt, least: nil)),
        .transfer(.noteSwapOver(transfer, SwapID(text: "sa")!, reason: "")),
        .transfer(.confirm(transfer, Self.mined, amount: .zero(.eth))),
        .transfer(.confirm(transfer, Self.mined, amount: .zero(.usdt))),
        .transfer(.confirm(transfer, Self.mined, amount: Money(-1, .eth))),
        .transfer(.noteReverted(transfer, Self.mined)),
        .transfer(.noteCancelled(transfer, Self.mined)),
        .batch(
          .open(ChannelKey(text: "c")!, wallet: "0x", asset: .none, isRetry: false)),
        .batch(.open(ChannelKey(text: "c")!, wallet: "0x", asset: .eth, isRetry: false)),
        .batch(.open(ChannelKey(text: "c")!, wallet: "0x", asset: .eth, isRetry: true)),
        .batch(.open(ChannelKey(text: "c0")!, wallet: "x", asset: .eth, isRetry: true)),
        .wallet(.claim(address: "a", chain: 1, nonce: 0)),
        .wallet(.claim(address: "a", chain: 0, nonce: 1)),
        .wallet(.claim(address: "a", chain: .min, nonce: .max)),
        .channel(.changePayoutSettings(ChannelKey(text: "c")!, Self.payout)),
        .channel(.close(ChannelKey(text: "c")!, version: 1, reason: "a")),
        .channel(.close(ChannelKey(text: "c")!, version: 2, reason: "a")),
      ] + Self.accounts + Self.access + Self.chats + Self.ledger + Self.rotation + Self.deposits
    var seen: [[UInt8]: LedgerCommand] = [:]
    for command in commands {
      let bytes = bytes(command)
      #expect(bytes == self.bytes(command))
      #expect(seen.updateValue(command, forKey: bytes) == nil, "\(command)")
    }
    #expect(Set(commands).count == commands.count)
  }

  @Test("keeps: bytes that were released once")
  func released() {
    #expect(
      HexText.of(bytes(.hostpay(.hold(SplitID(text: "S1")!, reason: "ä"))))
        == "0c00000000000000" + HexText.of(Array("hostpay.hold".utf8)) + "0200000000000000"
        + "5331" + "0200000000000000" + "c3a4")
    #expect(
      HexText.of(bytes(.wallet(.claim(address: "", chain: 1, nonce: -1))))
        == "0c00000000000000" + HexText.of(Array("wallet.claim".utf8)) + "0000000000000000"
        + "0100000000000000" + "ffffffffffffffff")
  }
}
