import Foundation
import Kernel
import Support
import Testing

/// The acceptance run of many nodes, by `tools/test --cluster CYCLES`.
///
/// Three PostgreSQL servers replace one another, and so do two nodes, with eight callers all the
/// while.
@Suite struct ClusterTests {
  private static let cycles = ProcessInfo.processInfo.environment["WEIR_TEST_CLUSTER"]
    .flatMap { Int($0) }

  @Test(
    "does: nothing acknowledged is lost, doubled or paid twice while primaries and nodes die",
    .enabled(if: cycles != nil))
  func survives() async throws {
    let run = try await ClusterRun()
    let load = run.load
    async let calling: Void = load.run(callers: 8)
    for cycle in 1...max(1, Self.cycles ?? 1) {
      // A killed primary was replaced after 8 to 15 s, a frozen one after 14 to 19 s, of leases of
      // 5 to 10 s (distributed.md measured so); a node's lease is 10 s too. 5 s on top of each.
      try await run.server("primary killed, \(cycle)", "kill", within: .seconds(20)) { name in
        _ = try run.cluster.ask("start \(name)")
      }
      try await run.node("node killed, \(cycle)", within: .seconds(20)) { $0.kill() }
    }
    try await run.server("primary frozen for 60 s", "freeze", within: .seconds(24)) { name in
      sleep(60)
      _ = try run.cluster.ask("thaw \(name)")
    }
    try await run.node("node frozen for 60 s", within: .seconds(20)) { node in
      node.signal(SIGSTOP)
      Thread.detachNewThread {
        sleep(60)
        node.signal(SIGCONT)
      }
    }
    load.end()
    await calling
    ClusterRun.say("\(load.count) payments, \(load.acknowledged.count) notices acknowledged")
    try await run.settle()
    try await run.check()
    try await run.stop()
  }
}
