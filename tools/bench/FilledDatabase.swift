import JSON
import Kernel
import Log
import PostgresLog

/// A database whose log has events of the line's own mix, and how fast the same server takes the
/// same events by plain INSERTs.
final class FilledDatabase {
  let store: PostgresStore
  let url: PostgresURL
  private let insertsPerSecond: Double
  // Held for as long as it is read.
  private let database: BenchDatabase

  /// Says both, for a report.
  var details: [JSONMember] {
    [
      JSONMember("insertedEventsPerSecond", Measure.number(insertsPerSecond)),
      JSONMember("insertedBy", .string("multi-row INSERT, 1,000 commands each")),
    ]
  }

  init(_ setting: BenchSetting, events: Int) throws(BenchFailure) {
    database = try BenchDatabase(on: PostgresURL(benched: setting))
    url = database.url
    setting.progress.tell("filling a database with \(events) events")
    do throws(StoreError) {
      let prepared = try PreparedGroups(events: events, commands: 1_000, Clientele(count: 256))
      store = try PostgresStore.open(
        url, environment: .sandbox, options: PostgresStore.Options(holder: "weir bench"))
      _ = try store.append(staging: prepared.groups)
      var rest = try store.read(after: 0, limit: Int(store.head.position))[...]
      let count = rest.count
      let groups = prepared.groups.map { group in
        let size = group.reduce(0) { $0 + $1.events.count }
        defer { rest = rest.dropFirst(size) }
        return rest.prefix(size)
      }
      insertsPerSecond = Double(count) / (try Self.inserted(groups, url))
    } catch {
      throw .store(error)
    }
  }

  private static func inserted(
    _ groups: [ArraySlice<StoredEvent>], _ url: PostgresURL
  ) throws(StoreError) -> Double {
    do throws(BenchFailure) {
      return try PlainInserts(url).groups(groups)
    } catch {
      throw .failed("\(error)")
    }
  }
}

extension PostgresURL {
  /// The server that a bench was given.
  init(benched setting: BenchSetting) throws(BenchFailure) {
    guard let text = setting.options.store else {
      throw .failed("the bench postgres needs --store postgres://…, a server that it may fill")
    }
    var why = ""
    guard let url = PostgresURL(text, why: &why) else { throw .failed(why) }
    self = url
  }
}
