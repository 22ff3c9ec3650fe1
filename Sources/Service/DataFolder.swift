/// Where things lie in a data folder.
public struct DataFolder: Hashable, Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  public var log: String { path + "/log" }
  /// The SQLite file of the read models.
  public var tables: String { path + "/tables.sqlite" }
  /// Keys and stand-ins of a sandbox.
  public var sandbox: String { path + "/sandbox" }
}
