import Foundation
import JSON
import Kernel
import Log
import Service
import Support
import Testing

@Suite struct PaymentCommandTests {
  @Test("does: what is held is listed, explained, tried dry and ruled on, once")
  func rules() async throws {
    try await offPool {
      let scratch = ScratchFolder()
      var story = Story()
      let channel = story.register(threshold: "100")
      for payment in 1...3 { story.pay(payment, for: story.order(channel), "1") }
      let store = try FileStore.open(folder: scratch.file("log"), environment: .sandbox)
      for recorded in story.log {
        if case .wallet(.claimed) = recorded.event { continue }
        var event = recorded.event
        if case .ledger = event,
          case .accept(let opened) = LedgerState().decide(
            .ledger(.open(environment: .sandbox, log: store.logID)), at: recorded.at)
        {
          event = opened[0]
        }
        try StoryFolder.append(event, of: recorded, to: store)
      }
      try store.close()
      let (process, _) = try WeirProcess.serve(scratch.path)
      defer { process.kill() }
      func weir(_ words: String...) throws -> WeirProcess.Outcome {
        try WeirProcess.run(["payments"] + words + ["--data", scratch.path])
      }
      let why = ["--reason", "agreed by mail", "--actor", "ada"]
      func rule(_ words: String...) throws -> WeirProcess.Outcome {
        try WeirProcess.run(["payments"] + words + ["--data", scratch.path] + why)
      }
      let list = try weir("list", "--held", "--json")
      let rows = try list.lines.map { try JSONValue.parse(Array($0.utf8)) }
      #expect(rows.compactMap { $0["payment"]?.text } == ["1", "2", "3"], "\(list)")
      #expect(rows.allSatisfy { $0["reason"]?.text == "below_tolerance" })
      let shown = try weir("show", "1")
      #expect(shown.code == 0 && shown.out.contains("held since"), "\(shown)")
      #expect(shown.out.contains("payment.held.v1") && shown.out.contains("may be done"))
      let dry = try rule("accept", "1", "--dry-run")
      #expect(dry.code == 0 && dry.lines.first == "would append:", "\(dry)")
      #expect(try rule("accept", "1").out.contains("payment.accepted.v1"))
      #expect(try rule("refund", "2").code == 64)
      let refunded = try rule("refund", "2", "--transaction", "np 7")
      #expect(refunded.out.contains("payment.refunded.v1"), "\(refunded)")
      #expect(try rule("write-off", "3").out.contains("payment.written_off.v1"))
      let again = try rule("accept", "2")
      #expect(again.code == 2 && again.err.contains("not_held"), "\(again)")
      #expect(try rule("accept", "x").code == 64)
      #expect(try weir("list", "--held", "--json").out.isEmpty)
    }
  }
}
