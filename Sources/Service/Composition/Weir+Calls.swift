import Engine
import Kernel
import Log
import PostgresLog
import Sagas

// Who makes the calls that the log owes: this node, or one that stands by.
extension Weir {
  /// Nil where no other node can make any.
  static func broker(
    _ held: HeldLog, _ configuration: Configuration, isHanding: Bool,
    _ tables: (any TableKeeping)?, _ performer: Performer, _ access: AccessWatch,
    _ metrics: Metrics, _ logger: Logger
  ) -> CallBroker? {
    held.shared.map { shared in
      CallBroker(
        shared.store, node: shared.node, configuration, isHanding: isHanding, tables, access,
        metrics, logger,
        local: { effect, done in Task { done(await performer.perform(effect)) } })
    }
  }

  static func performing(
    _ performer: Performer, _ broker: CallBroker?
  ) -> Loop<PayoutProcess>.Performer {
    { call, done in
      if broker?.take(call, done) ?? false { return }
      Task { done(await performer.perform(call.job)) }
    }
  }
}

extension Configuration {
  static let tablesLease = "tables"

  /// What nodes lease: the lanes that they may share, and the tables in a database, if any are.
  var leases: [String] { Effect.sharedLanes + (tablesStore == nil ? [] : [Self.tablesLease]) }
}

/// What of a node's name is told to everybody: the beginning of its own number.
enum NodeTag {
  static func of(_ name: String) -> String {
    String((name.split(separator: " ").last ?? "").prefix(8).lowercased())
  }
}
