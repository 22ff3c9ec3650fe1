public import Engine
public import Kernel
import Synchronization

extension Weir: Gate {
  public func submit(_ submission: Submission, then: @escaping @Sendable (Answer) -> Void) {
    guard scrubber.damage == nil else { return then(.stopping) }
    loop.submit(submission, then: then)
  }

  public func inspect(_ read: @escaping @Sendable (LedgerState) -> Void) { loop.inspect(read) }

  public var readiness: Readiness {
    // Requests are taken while recovery is owed, also by a log that knows no wallet yet.
    let isUsable = recovery != nil || isClaimed.withLock { $0 }
    let trouble = access.trouble
    let telegram =
      configuration.telegram.isOn
      ? [Readiness.Component("telegram", isHealthy: trouble == nil, isVital: false)] : []
    return Readiness(
      [
        Readiness.Component("log", isHealthy: isLogSound, isVital: true),
        Readiness.Component("disk", isHealthy: isDiskLasting, isVital: false),
        Readiness.Component("tables", isHealthy: follower.lag < 10_000, isVital: false),
        Readiness.Component("wallet", isHealthy: isUsable, isVital: true),
      ] + telegram, recovery: recovery, frozen: signing.reason, access: trouble,
      inbox: held.inbox?.backlog, calls: broker?.standing)
  }
}
