import Engine
import Gateways
import HTTP
import Support
import Testing

@testable import Kernel
@testable import Sagas
@testable import Service

/// Each row of the table of a node's answers (reliability 3.4), and what follows from it.
@Suite struct AnswerRowsTests {
  static let now = Instant(text: "2026-03-01T10:00:00.000000Z")!
  static let wallet = "0x52908400098527886E0F7030069857D2E4169EE7"
  static let payee = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
  let send = "eth_sendRawTransaction"

  func node() throws -> ToldNode {
    try ToldNode([
      "eth_chainId": #""0x1""#, "eth_getBlockByNumber": #"{"number":"0x20","hash":"0xb10c"}"#,
      "eth_getTransactionReceipt": "null", "eth_getTransactionByHash": "null",
      "eth_getTransactionCount": #""0x7""#, "eth_estimateGas": #""0x5208""#,
      "eth_feeHistory": #"{"baseFeePerGas":["0x3b9aca00"],"reward":[["0x3b9aca00"]]}"#,
      send: "!already known",
    ])
  }

  func performer(_ node: ToldNode, bumpAfter blocks: Int = 12) throws -> Performer {
    let http = HTTPClient()
    var settings = PerformerSettings(
      noticeURL: node.url,
      policy: PaymentPolicy(
        fee: .standardFee, tolerance: .standardTolerance, isAccumulating: true))
    settings.bumpAfterBlocks = blocks
    let now = Self.now
    return Performer(
      nowPayments: NOWPaymentsClient(url: node.url, apiKey: "none", http: http),
      changeNOW: ChangeNOWClient(url: node.url, apiKey: "none", http: http),
      node: EthereumNode(url: node.url, http: http),
      key: try #require(EthereumKey(hex: String(repeating: "5e", count: 32))),
      settings: settings, clock: { now }, isRecovering: false)
  }

  func open(
    _ split: Int = 1, nonce: Int = 7, fees: (String, String) = ("8000000000", "1000000000")
  ) -> OpenTransfer {
    let id = SplitID(number: split).transfer
    let channel = ChannelKey(text: "ch-1")!
    var open = OpenTransfer(
      TransferEvent.Requested(
        amount: Money(5, .eth), chain: 1, channel: channel, split: SplitID(number: split),
        to: Self.payee, transfer: id, wallet: Self.wallet),
      TransferEvent.NonceReserved(
        channel: channel, gasLimit: 26_250, generation: 1, maxFeePerGas: fees.0,
        maxPriorityFeePerGas: fees.1, nonce: nonce, transfer: id, wallet: Self.wallet))
    open.take(
      .signed(
        TransferEvent.Signed(
          attempt: 1, channel: channel, hash: "0xa\(nonce)", maxFeePerGas: fees.0,
          maxPriorityFeePerGas: fees.1, nonce: nonce, raw: "0x0\(nonce)", transfer: id)))
    return open
  }

  func cancelling(_ open: OpenTransfer, isSigned: Bool) -> OpenTransfer {
    var open = open
    open.take(
      .cancelRequested(
        TransferEvent.CancelRequested(
          cause: .operator, channel: open.requested.channel, nonce: open.nonce, reason: "x",
          transfer: open.id)))
    guard isSigned else { return open }
    open.take(
      .cancelSigned(
        TransferEvent.CancelSigned(
          attempt: 2, channel: open.requested.channel, hash: "0xc7",
          maxFeePerGas: "9000000000", maxPriorityFeePerGas: "1125000000", nonce: open.nonce,
          raw: "0xc7", transfer: open.id)))
    return open
  }

  /// What a look at the transfer leads to: commands, and what is told.
  func look(
    _ performer: Performer, _ open: OpenTransfer
  ) async -> (commands: [LedgerCommand], because: String?) {
    switch await performer.perform(.settleTransfer(open)) {
    case .report(let commands): return (commands, nil)
    case .again(let commands, _, let because): return (commands, because)
    case .transient(let why, _): return ([], "transient: \(why)")
    case .permanent(let why): return ([], "permanent: \(why)")
    }
  }

  func bid(_ commands: [LedgerCommand]) -> TransferBid? {
    guard commands.count == 1, case .transfer(.bump(_, let bid, _))? = commands.first else {
      return nil
    }
    return bid
  }

  @Test(
    "does: watches what the node has, or has mined",
    arguments: ["!already known", "!nonce too low: next nonce 8, tx nonce 7"])
  func watches(answer: String) async throws {
    let node = try node()
    node[send] = answer
    let found = await look(try performer(node), open())
    #expect(found.commands.isEmpty && found.because == nil)
    #expect(node.asked(send) == ["0x07"])
  }

  @Test(
    "does: no answer and odd answers are unknown: the same bytes again, aloud from the third on",
    arguments: [nil, "!the moon is full", "\"0x12\"", "{}"])
  func unknown(answer: String?) async throws {
    let node = try node()
    node[send] = answer
    let performer = try performer(node)
    for time in 1...4 {
      let found = await look(performer, open())
      #expect(found.commands.isEmpty && (found.because == nil) == (time < 3), "\(found)")
    }
    node[send] = "!already known"
    #expect(await look(performer, open()).because == nil)
    node[send] = answer
    #expect(await look(performer, open()).because == nil)
    #expect(Set(node.asked(send)) == ["0x07"] && node.asked(send).count == 6)
  }

  @Test("does: our own attempt in the way, or too little for gas, asks for another one")
  func bumps() async throws {
    let node = try node()
    node[send] = "!transaction underpriced: gas tip cap 0, minimum needed 1"
    let cheap = await look(try performer(node), open())
    #expect(bid(cheap.commands)?.maxFeePerGas == "9000000000")
    #expect(bid(cheap.commands)?.maxPriorityFeePerGas == "1125000000")
    #expect(bid(cheap.commands)?.gasLimit == nil)
    node[send] = "!replacement transaction underpriced"
    node["eth_getTransactionByHash"] = "{}"
    let own = await look(try performer(node), open())
    #expect(bid(own.commands)?.maxFeePerGas == "9000000000")
    var pending = open()
    pending.bump = TransferEvent.BumpRequested()
    #expect(await look(try performer(node), pending).commands.isEmpty)
  }

  @Test("does: a stranger's bytes on our nonce stop the wallet, asked twice")
  func stranger() async throws {
    let node = try node()
    node[send] = "!replacement transaction underpriced"
    let performer = try performer(node)
    #expect(await look(performer, open()).commands.isEmpty)
    let found = await look(performer, open()).commands
    guard found.count == 2, case .wallet(.quarantine(7, _)) = found[0],
      case .transfer(.park(open().id, _)) = found[1]
    else {
      Issue.record("\(found)")
      return
    }
  }

  @Test(
    "does: holds aloud, the nonce kept, where funds or room are missing",
    arguments: ["!insufficient funds for gas * price + value", "!txpool is full"])
  func holds(answer: String) async throws {
    let node = try node()
    node[send] = answer
    let found = await look(try performer(node), open())
    #expect(found.commands.isEmpty && found.because != nil)
  }

  @Test("does: where a lower nonce is missing, the earliest goes first")
  func gap() async throws {
    let node = try node()
    let performer = try performer(node)
    for nonce in [9, 7, 8] { _ = await look(performer, open(nonce, nonce: nonce)) }
    node[send] = "!nonce too high"
    let found = await look(performer, open(9, nonce: 9))
    #expect(found.commands.isEmpty && found.because != nil)
    #expect(node.asked(send) == ["0x09", "0x07", "0x08", "0x09", "0x07", "0x08", "0x09"])
    // What is mined isn't missing.
    node["eth_getTransactionCount"] = #""0x8""#
    node["eth_getTransactionCount \(Self.wallet)"] = #""0x8""#
    _ = await look(performer, open(9, nonce: 9))
    #expect(node.asked(send).suffix(3) == ["0x09", "0x08", "0x09"])
  }

  @Test(
    "does: what can never be mined closes its nonce; a cancel that can't be is told of",
    arguments: [
      "intrinsic gas too low: gas 1, minimum needed 2", "exceeds block gas limit",
      "invalid sender", "invalid chain id for signer",
    ])
  func never(words: String) async throws {
    let node = try node()
    node[send] = "!\(words)"
    let performer = try performer(node)
    let found = await look(performer, open()).commands
    guard found.count == 1, case .transfer(.cancel(_, .neverMinable, let why)) = found[0] else {
      Issue.record("\(found)")
      return
    }
    #expect(why.contains(words))
    let closing = await look(performer, cancelling(open(), isSigned: false)).commands
    #expect(bid(closing)?.gasLimit == 26_250 && bid(closing)?.maxFeePerGas == "9000000000")
    let stuck = await look(performer, cancelling(open(), isSigned: true))
    #expect(stuck.commands.isEmpty && stuck.because != nil)
  }

  @Test("does: a cancel that is asked for is bid for at once, also where nothing was signed")
  func cancels() async throws {
    let node = try node()
    let performer = try performer(node)
    let found = await look(performer, cancelling(open(), isSigned: false)).commands
    #expect(bid(found)?.maxFeePerGas == "9000000000")
    var unsigned = cancelling(open(), isSigned: false)
    unsigned.attempts = []
    let first = await look(performer, unsigned).commands
    #expect(bid(first)?.maxFeePerGas == "3000000000" && bid(first)?.gasLimit == 26_250)
    let waiting = await look(performer, cancelling(open(), isSigned: true))
    #expect(waiting.commands.isEmpty && waiting.because == nil)
    #expect(node.asked(send) == ["0xc7"])
  }

  @Test("does: a swap that ran out is cancelled once, and not before its time")
  func expires() async throws {
    let node = try node()
    let performer = try performer(node)
    for (seconds, isOver) in [(Int64(1), false), (0, true), (-1, true)] {
      var transfer = open()
      var swap = SplitEvent.SwapOpened()
      swap.validUntil = Self.now.adding(seconds: seconds)
      transfer.swap = swap
      let found = await look(performer, transfer).commands
      guard isOver else {
        #expect(found.isEmpty)
        continue
      }
      guard found.count == 1, case .transfer(.cancel(_, .swapExpired, _)) = found[0] else {
        Issue.record("\(found)")
        return
      }
      let asked = await look(performer, cancelling(transfer, isSigned: true)).commands
      #expect(asked.isEmpty)
    }
    #expect(node.asked(send).count == 5)
  }

  @Test("does: offers more after so many blocks, up to the cap, and there waits aloud")
  func patience() async throws {
    let node = try node()
    let performer = try performer(node, bumpAfter: 3)
    func head(_ number: Int) {
      node["eth_getBlockByNumber"] = #"{"number":"0x\#(number)","hash":"0xb10c"}"#
    }
    for number in [30, 31, 32] {
      head(number)
      #expect(await look(performer, open()).commands.isEmpty)
    }
    head(33)
    #expect(bid(await look(performer, open()).commands)?.maxFeePerGas == "9000000000")
    for number in [34, 38, 50] {
      head(number)
      #expect(await look(performer, open(3, nonce: 8)).commands.isEmpty, "7 is mined first")
    }
    let dear = open(2, fees: ("177777777777", "1000000000"))
    let waiting = try self.performer(node, bumpAfter: 3)
    #expect(await look(waiting, dear).because == nil)
    head(53)
    let capped = await look(waiting, dear)
    #expect(capped.commands.isEmpty && capped.because?.contains("above the cap") == true)
    let cancel = cancelling(dear, isSigned: false)
    #expect(bid(await look(performer, cancel).commands)?.maxFeePerGas == "200000000000")
    node["eth_feeHistory"] = #"{"baseFeePerGas":["0x746a528800"],"reward":[["0x1"]]}"#
    let spike = await look(performer, open())
    #expect(spike.commands.isEmpty && spike.because?.contains("above the cap") == true)
  }
}
