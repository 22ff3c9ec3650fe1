/// Where things lie in a data folder.
public struct DataFolder: Hashable, Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  public var log: String { path + "/log" }
  /// The name of this node, where a database keeps the log, and the lock of its service.
  public var node: String { path + "/node" }
  public var lock: String { path + "/lock" }
  /// What the engine keeps of its own state; all of it can be dropped.
  public var snapshots: String { path + "/snapshots" }
  /// The SQLite file of the read models.
  public var tables: String { path + "/tables.sqlite" }
  /// Tables as of some position, while they are asked for; all of it can be dropped.
  var pasts: String { path + "/pasts" }
  /// Notices that were signed and not taken, for people.
  public var notices: String { path + "/notices" }
  /// Where the service listens, or did last; for tools on this machine.
  public var address: String { path + "/address" }
  /// A sandbox's mails.
  public var mail: String { path + "/mail" }
  /// Up to which position owners were told by mail of where their money goes.
  var news: String { path + "/news" }
  /// Who failed to sign in how often, by alias.
  public var failures: String { path + "/failures" }
  /// Keys and stand-ins of a sandbox.
  public var sandbox: String { path + "/sandbox" }
}
