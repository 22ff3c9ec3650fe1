import Model
import Testing

/// What a service did, told by hand, and told wrong by hand.
@Suite struct TraceTests {
  private static func pay(_ batch: Int, _ nonce: Int, _ attempt: Int = 0) -> Transaction {
    Transaction(wallet: 0, nonce: nonce, .pays(batch: batch, attempt: attempt))
  }

  private static let cancel = Transaction(wallet: 0, nonce: 1, .cancels(attempt: 0))

  /// One batch is paid after a bump and a reorg; the other is cancelled, and paid by another nonce.
  private static let story: [Action] = [
    .reserve(by: 0, batch: 0, nonce: 0),
    .sign(by: 0, batch: 0, pay(0, 0)),
    .broadcast(by: 0, pay(0, 0)),
    .reserve(by: 0, batch: 1, nonce: 1),
    .sign(by: 0, batch: 0, pay(0, 0, 1)),
    .mine(pay(0, 0)),
    .reorg(wallet: 0),
    .broadcast(by: 0, pay(0, 0, 1)),
    .mine(pay(0, 0, 1)),
    .finalize(wallet: 0),
    .confirm(by: 0, batch: 0),
    .sign(by: 0, batch: 1, pay(1, 1)),
    .sign(by: 0, batch: 1, cancel),
    .broadcast(by: 0, cancel),
    .mine(cancel),
    .finalize(wallet: 0),
    .release(by: 0, batch: 1),
    .reserve(by: 0, batch: 1, nonce: 2),
    .sign(by: 0, batch: 1, pay(1, 2)),
    .broadcast(by: 0, pay(1, 2)),
    .mine(pay(1, 2)),
    .finalize(wallet: 0),
    .confirm(by: 0, batch: 1),
  ]

  @Test("does: accepts a story, and every beginning of it")
  func accepts() {
    for count in 0...Self.story.count {
      let trace = Trace(Array(Self.story.prefix(count)), batches: 2)
      #expect(trace.check() == .accepted)
    }
  }

  @Test("refuses: the story without any one of its steps, at the first that needed it")
  func gaps() {
    // Steps that nothing later needs: what was mined was lost in a reorg, the payment of the
    // cancelled nonce was never sent, and outcomes only end their batch.
    let loose: Set = [2, 5, 6, 10, 11, Self.story.count - 1]
    for index in Self.story.indices where !loose.contains(index) {
      var actions = Self.story
      actions.remove(at: index)
      guard case .refused(let step, _, _) = Trace(actions, batches: 2).check() else {
        Issue.record("accepted without step \(index + 1), \(Self.story[index])")
        continue
      }
      #expect(step > index)
    }
  }

  private func refusal(_ index: Int, _ action: Action) -> String {
    var actions = Self.story
    actions.insert(action, at: index)
    guard case .refused(let step, _, let why) = Trace(actions, batches: 2).check(),
      step == index + 1
    else { return "" }
    return why.description
  }

  @Test(
    "refuses: another nonce, unsigned bytes, early outcomes, strangers",
    arguments: [
      (3, Action.reserve(by: 0, batch: 0, nonce: 1), "its nonce is bound for life"),
      (3, .reserve(by: 0, batch: 1, nonce: 0), "not the wallet's next nonce"),
      (1, .broadcast(by: 0, pay(0, 0)), "its bytes aren't durable"),
      (2, .sign(by: 0, batch: 0, pay(0, 1)), "not its nonce"),
      (2, .sign(by: 0, batch: 0, pay(1, 0)), "not what the nonce is bound to"),
      (2, .sign(by: 0, batch: 0, pay(0, 0, 2)), "not the next attempt"),
      (2, .mine(pay(0, 0)), "it was never broadcast"),
      (9, .confirm(by: 0, batch: 0), "its nonce isn't consumed in a final block"),
      (10, .release(by: 0, batch: 0), "its nonce paid it"),
      (16, .confirm(by: 0, batch: 1), "what consumed its nonce doesn't pay it"),
      (17, .sign(by: 0, batch: 1, pay(1, 1, 1)), "no nonce is reserved"),
      (11, .reserve(by: 0, batch: 0, nonce: 2), "the batch is paid"),
      (0, .intrude(Transaction(wallet: 0, nonce: 0, .strange)), "no such fault is left"),
    ])
  func wrong(_ index: Int, _ action: Action, _ why: String) {
    #expect(refusal(index, action) == why)
  }

  @Test("refuses: anything signed in quarantine, and settles there what was signed before")
  func quarantine() {
    var actions = Self.story
    actions.insert(.quarantine(by: 0), at: 10)
    guard case .refused(12 + 1, .sign, let why) = Trace(actions, batches: 2).check() else {
      Issue.record("\(Trace(actions, batches: 2).check())")
      return
    }
    #expect(why.description == "the wallet is quarantined")
  }
}
