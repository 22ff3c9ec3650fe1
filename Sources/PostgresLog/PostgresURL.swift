import CPostgres
import Glibc
import Log

/// Where a database is: `postgres://user:password@host1,host2/database?…`, as libpq reads it.
///
/// Of several hosts the one that takes writes is used. The text holds a password: it is never
/// shown, `description` is.
public struct PostgresURL: Sendable, CustomStringConvertible {
  /// Hosts, ports and database, and nothing else of it.
  public private(set) var description: String
  /// What must be kept out of everything that is printed: the whole text, and its passwords.
  public let secrets: [String]
  private let text: String
  /// Another database of the same server; nil for the one that the text names.
  private var database: String?

  /// Nil where libpq can't read it; `why` says so without the text.
  public init?(_ text: String, why: inout String) {
    guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") else {
      why = "a database's address begins with postgres://"
      return nil
    }
    guard let options = PQconninfoParse(text, nil) else {
      why = "the database's address is malformed"
      return nil
    }
    defer { PQconninfoFree(options) }
    var found: [String: String] = [:]
    var next = options
    while let keyword = next.pointee.keyword {
      if let value = next.pointee.val { found[String(cString: keyword)] = String(cString: value) }
      next += 1
    }
    var place = found["host"] ?? found["hostaddr"] ?? "localhost"
    if let port = found["port"], port.contains(where: \.isNumber) { place += ":" + port }
    description = "postgres://\(place)/\(found["dbname"] ?? "")"
    secrets = [text] + ["password", "sslpassword"].compactMap { found[$0] }
    self.text = text
  }

  /// The same text, or nil.
  public init?(_ text: String) {
    var why = ""
    self.init(text, why: &why)
  }

  /// The same with another database.
  package func database(_ name: String) -> PostgresURL {
    var url = self
    url.database = name
    if let end = description.lastIndex(of: "/") { url.description = description[...end] + name }
    return url
  }

  /// What every session is opened with; what the address says of the same goes first.
  private static let standing = [
    ("client_encoding", "UTF8"), ("application_name", "weir"), ("connect_timeout", "2"),
    ("tcp_user_timeout", "5000"), ("keepalives_idle", "5"), ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
  ]

  /// Opens a session: of the server that takes writes, or of any.
  package func connect(writing isWriting: Bool = true) throws(PostgresFailure) -> Session {
    let pairs =
      Self.standing + [
        ("target_session_attrs", isWriting ? "read-write" : "any"), ("dbname", text),
      ] + (database.map { [("dbname", $0)] } ?? [])
    let words: [UnsafeMutablePointer<CChar>?] = pairs.flatMap { [strdup($0.0), strdup($0.1)] }
    defer { for word in words { free(word) } }
    var keywords: [UnsafePointer<CChar>?] = []
    var values: [UnsafePointer<CChar>?] = []
    for index in stride(from: 0, to: words.count, by: 2) {
      keywords.append(UnsafePointer(words[index]))
      values.append(UnsafePointer(words[index + 1]))
    }
    guard let handle = PQconnectdbParams(keywords + [nil], values + [nil], 1) else {
      throw PostgresFailure(lost: "libpq has no memory")
    }
    return try Session(handle)
  }
}

extension PostgresURL {
  /// Looks at something of a log of this program's format, and throws what a look refuses.
  ///
  /// Where the server can't be asked, or has no such log yet, nothing is said.
  func checkLog(_ look: (Session) throws(PostgresFailure) -> Void) throws(StoreError) {
    guard let session = try? connect(), (try? session.hasLog()) == true,
      let found = try? PostgresStore.identity(session, self), found.format == PostgresStore.format
    else { return }
    do throws(PostgresFailure) {
      try look(session)
    } catch {
      if let refused = error.stored { throw refused }
    }
  }
}
