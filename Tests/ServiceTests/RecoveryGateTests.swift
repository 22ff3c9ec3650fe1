import Engine
import Gateways
import HTTP
import Kernel
import Log
import Sagas
import Support
import Synchronization
import Testing

@testable import Service

@Suite struct RecoveryGateTests {
  /// An outside that refuses everything, and counts.
  private final class Outside: Sendable {
    let asked = Atomic<Int>(0)
  }

  private func performer(
    _ port: Int, isRecovering: Bool = false, isFrozen: Bool = false
  ) throws -> Performer {
    let url = "http://127.0.0.1:\(port)"
    let http = HTTPClient()
    return Performer(
      nowPayments: NOWPaymentsClient(url: url, apiKey: "none", http: http),
      changeNOW: ChangeNOWClient(url: url, apiKey: "none", http: http),
      node: EthereumNode(url: url, http: http),
      key: try #require(EthereumKey(hex: String(repeating: "5e", count: 32))),
      settings: PerformerSettings(
        noticeURL: url,
        policy: PaymentPolicy(
          fee: .standardFee, tolerance: .standardTolerance, isAccumulating: true)),
      clock: Weir.clock, isRecovering: isRecovering, isFrozen: { isFrozen })
  }

  /// One effect of each kind that a whole story owes at some time, by its key's first word.
  private func effects() -> [String: Effect] {
    var open = OpenEffects()
    var found: [String: Effect] = [:]
    for recorded in Story.standard().log {
      for effect in open.take(recorded.event).opened {
        found[String(effect.key.text.prefix { $0 != "/" })] = effect
      }
    }
    return found
  }

  @Test("does: while recovery is owed nothing that leads to money leaves, and stays owed")
  func gate() async throws {
    let outside = Outside()
    let server = try HTTPServer(listen: HTTPAddress(host: "127.0.0.1", port: 0)) { _, responder in
      outside.asked.add(1, ordering: .relaxed)
      responder.send(.empty(500))
    }
    defer { server.drainAndStop(deadlineSeconds: 0) }
    let (held, free) = try (
      performer(server.port, isRecovering: true), performer(server.port, isRecovering: false)
    )
    let effects = effects()
    let money: Set = ["estimate", "swap", "check", "prepare", "sign", "settle"]
    #expect(Set(effects.keys) == money.union(["invoice", "rate", "watch"]))
    for (kind, effect) in effects.sorted(by: { $0.key < $1.key }) {
      #expect(effect.leadsToMoney == money.contains(kind), "\(kind)")
      let before = outside.asked.load(ordering: .relaxed)
      let outcome = await held.perform(effect)
      let sent = outside.asked.load(ordering: .relaxed) - before
      guard money.contains(kind) else {
        #expect(sent > 0, "\(kind) is asked in recovery as well")
        continue
      }
      #expect(sent == 0, "\(kind)")
      guard case .again(let commands, _, nil) = outcome, commands.isEmpty else {
        Issue.record("\(kind) came to \(outcome)")
        continue
      }
      // The same effect does leave, or says why it can't, where nothing is owed.
      if kind != "sign" {
        _ = await free.perform(effect)
        #expect(outside.asked.load(ordering: .relaxed) > before, "\(kind)")
      }
    }
  }
  @Test("does: while the ledger is frozen nothing new is prepared or signed, and what was is sent")
  func frozen() async throws {
    let outside = Outside()
    let server = try HTTPServer(listen: HTTPAddress(host: "127.0.0.1", port: 0)) { _, responder in
      outside.asked.add(1, ordering: .relaxed)
      responder.send(.empty(500))
    }
    defer { server.drainAndStop(deadlineSeconds: 0) }
    let (held, free) = try (performer(server.port, isFrozen: true), performer(server.port))
    for (kind, effect) in effects().sorted(by: { $0.key < $1.key }) {
      let stops = ["estimate", "swap", "check", "prepare", "sign"].contains(kind)
      #expect(effect.leadsToSignature == stops, "\(kind)")
      let before = outside.asked.load(ordering: .relaxed)
      let outcome = await held.perform(effect)
      #expect((outside.asked.load(ordering: .relaxed) == before) == stops, "\(kind)")
      guard kind == "sign" else { continue }
      // It would be signed without a word to anybody.
      guard case .again(let commands, _, nil) = outcome, commands.isEmpty else {
        Issue.record("\(kind) came to \(outcome)")
        continue
      }
      // Where nothing is frozen it says what it lacks: the story's key is another.
      guard case .again(_, _, because: .some) = await free.perform(effect) else {
        Issue.record("signing wasn't tried")
        continue
      }
    }
  }

  @Test("does: nothing is sent that the witness couldn't keep, and it has what is sent (T4)")
  func witness() async throws {
    let scratch = ScratchFolder()
    guard case .settleTransfer(let transfer)? = effects()["settle"] else {
      Issue.record("the story settles no transfer")
      return
    }
    let attempt = try #require(transfer.attempts.last)
    let failures = Atomic<Int>(0)
    let nowhere = Performer.keeping(
      SignedWitness(path: scratch.file("missing/witness-signed")), log: "aa"
    ) { _ in failures.add(1, ordering: .relaxed) }
    #expect(await !nowhere(transfer, attempt))
    #expect(failures.load(ordering: .relaxed) == 1)
    let path = scratch.file("witness-signed")
    let keeping = Performer.keeping(SignedWitness(path: path), log: "aa") { _ in
      failures.add(1, ordering: .relaxed)
    }
    for _ in 1...2 { #expect(await keeping(transfer, attempt)) }
    #expect(failures.load(ordering: .relaxed) == 1)
    let kept = try SignedWitness.entries(at: path)
    #expect(kept.map(\.hash) == [attempt.hash] && kept.map(\.raw) == [attempt.raw])
    #expect(kept.first?.log == "aa" && kept.first?.nonce == transfer.nonce)
  }
}
