import Engine
import Foundation
import Kernel
import Log
import PostgresLog
import Projections
import Support
import Testing

@testable import Service

/// A log in memory that rows of an old database are taken over into.
struct LegacyLog {
  let store = MemoryStore()

  init() throws { try append("open", .ledger(.open(environment: .sandbox, log: Self.name))) }

  private static let name = String(repeating: "0a", count: 16)

  /// Decides one command over the whole log, and appends what follows.
  @discardableResult
  func append(_ id: String, _ command: LedgerCommand) throws -> [LedgerEvent] {
    let events = try decide(command)
    if events.isEmpty { return events }
    _ = try store.append([
      Proposal(
        command: .composed("test", id), digest: CommandDigest.of(command), actor: "test",
        at: Weir.clock(), events: events)
    ])
    return events
  }

  func decide(_ command: LedgerCommand) throws -> [LedgerEvent] {
    switch try state().decide(command, at: Weir.clock()) {
    case .accept(let events): return events
    case .ignore: return []
    case .refuse(let refusal): throw refusal
    }
  }

  func facts() throws -> [Recorded] {
    var facts: [Recorded] = []
    _ = try store.replay(after: 0, limit: .max, wanting: .all) { facts.append($0) }
    return facts
  }

  func state() throws -> LedgerState {
    var state = LedgerState()
    for recorded in try facts() { state.evolve(recorded.event) }
    return state
  }

  /// Takes a database over; what was told of its rows beside the report.
  func take(
    _ database: LegacyDatabase, isDry: Bool = false, into other: (any EventStore)? = nil
  ) throws -> (report: LegacyImport.Report, findings: [LegacyImport.Finding]) {
    let tables = try ForeignTables(database.url)
    let taking = try #require(LegacyImport(tables, zone: "UTC", isDry: isDry))
    var findings: [LegacyImport.Finding] = []
    let report = try taking.run(into: other ?? store, at: Weir.clock) { _, _, _ in
    } find: {
      findings.append($0)
    }
    return (report, findings)
  }

  func rows<P: Projection>(_ projection: P.Type) throws -> [[String: String]] {
    var rows = Rows<P.Row>()
    var notes = Rows<P.Note>()
    for recorded in try facts() where P.forms.contains(FactForm.named(recorded.event.name)!) {
      rows.position = recorded.position
      notes.position = recorded.position
      P.apply(recorded, to: &rows, &notes)
    }
    return rows.all.map { LegacyColumns.of($0) }
  }
}

@Suite struct LegacyImportTests {
  /// The one place where a column may differ, and how.
  private typealias Rule = (_ old: [String: String], _ new: [String: String]) -> Bool

  private static func cut(_ column: String, _ decimals: Int) -> (String, Rule) {
    (
      column,
      { old, new in
        guard let left = old[column], let right = new[column] else { return false }
        return DecimalText.units(left, scale: decimals, cutting: true)
          == DecimalText.units(right, scale: decimals)
      }
    )
  }

  private static func became(_ column: String, _ text: String?) -> (String, Rule) {
    (column, { old, new in old[column] == nil && new[column] == text })
  }

  private static func anything(_ column: String) -> (String, Rule) { (column, { _, _ in true }) }

  /// What may differ in a table's columns, and how.
  private static func rules(_ table: LegacyTable) -> [String: Rule] {
    // The closed id stood where the open one was meant.
    let isOpen: (String, Rule) = ("client_id", { $0["client_id"] == $1["closed_channel_id"] })
    let numbered: Rule = { old, new in
      old["nowpayments_payment_id"] == nil
        && new["nowpayments_payment_id"] == "000000" + (old["id"] ?? "")
    }
    let rules: [(String, Rule)] =
      switch table {
      case .channels:
        // Places in the log, times of the registration here, and a person's name.
        [
          anything("id"), anything("updated_at"), anything("created_by"),
          became("client_id", "00000000-0000-0000-0000-000000000000"),
        ]
      case .accumulations:
        [isOpen, cut("accumulated_amount_usdt", 6), ("nowpayments_payment_id", numbered)]
      case .subscriptions: [cut("nowpayments_outcome_amount_usd", 6)]
      case .batches: [isOpen, cut("total_amount_usdt", 6)]
      case .requests, .swaps: [cut("from_amount", 6)]
      case .transfers: [became("tx_hash", "")]
      case .users: []
      }
    return Dictionary(uniqueKeysWithValues: rules)
  }

  /// Columns of the old rows that the projected ones say differently, and nothing explains.
  private func unexplained(
    _ table: LegacyTable, key: (old: String, new: String), _ old: [[String: String]],
    _ new: [[String: String]]
  ) throws -> [String] {
    let found = Dictionary(grouping: new) { $0[key.new] ?? "" }
    let rules = Self.rules(table)
    // One that is NULL in every row says nothing.
    let columns = old.reduce(into: Set<String>()) { $0.formUnion($1.keys) }
    var wrong: [String] = []
    for row in old {
      let name = (row[key.old] ?? "").trimmingCharacters(in: .whitespaces)
      guard let other = found[name], other.count == 1, let other = other.first else {
        wrong.append("\(table) \(name) isn't there once")
        continue
      }
      for column in columns {
        guard !LegacyColumns.isSame(row[column], other[column]) else { continue }
        if let rule = rules[column], rule(row, other) { continue }
        wrong.append("\(table) \(name) \(column): \(row[column] ?? "-"), \(other[column] ?? "-")")
      }
    }
    return wrong
  }

  @Test(
    "does: 13 channels and all rows come over; the tables equal them but for what is explained",
    arguments: LegacyRows.isLong ? [LegacyRows.few, .many] : [.few])
  func whole(_ rows: LegacyRows) async throws {
    try await offPool {
      let database = try LegacyDatabase.fresh()
      try database.run(LegacyDatabase.standing(rows))
      let log = try LegacyLog()
      let (report, findings) = try log.take(database)
      #expect(report.isWhole, "\(findings.filter { $0.kind == .misfit }.prefix(5))")
      #expect(report.counts.reduce(0) { $0 + $1.written } == rows.count)

      func check(
        _ table: LegacyTable, _ key: (String, String), _ new: [[String: String]]
      ) throws -> [[String: String]] {
        let old = try database.rows(table.rawValue)
        #expect(old.count == new.count, "\(table)")
        let wrong = try unexplained(table, key: key, old, new)
        #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(10))")
        return old
      }
      let id = "unique_id"
      _ = try check(
        .channels, ("open_channel_id", "open_channel_id"), try log.rows(MainClientsDatabase.self))
      _ = try check(.subscriptions, ("id", "id"), try log.rows(PrivateChannelUsersDatabase.self))
      let owed = try check(.accumulations, ("id", "id"), try log.rows(PayoutAccumulation.self))
      _ = try check(.batches, ("batch_id", "batch_id"), try log.rows(PayoutBatches.self))
      _ = try check(.requests, (id, id), try log.rows(SplitPayoutRequest.self))
      _ = try check(.swaps, ("cn_api_id", "cn_api_id"), try log.rows(SplitPayoutQue.self))
      _ = try check(.transfers, (id, id), try log.rows(HostpayTransactions.self))

      // Owed to each client, to the last unit: what was accumulated and not paid out.
      var units: [ChannelKey: Int128] = [:]
      for row in owed where row["is_paid_out"] == "false" {
        let open = row["client_id"]!.replacingOccurrences(of: "-200", with: "-100")
        let key = ChannelKey(registering: OpenChannelID(text: open)!)
        units[key, default: 0] += DecimalText.units(
          row["accumulated_amount_usdt"]!, scale: 6, cutting: true)!
      }
      let state = try log.state()
      #expect(units.count == 13 && state.brokenInvariant() == nil)
      for (key, units) in units {
        #expect(state.books.balance(.payable(key), .usdt).units == -units)
        #expect(
          state.collected(by: key).elsewhere.units + state.collected(by: key).waiting.units == units
        )
      }
      #expect(report.owed.units == units.values.reduce(0, +))

      // Once: again adds nothing, and says nothing of what it knows.
      let again = try log.take(database)
      #expect(again.report.isWhole && again.report.from == again.report.to)
      #expect(again.report.counts.allSatisfy { $0.written == 0 } && again.findings.isEmpty)
    }
  }
}
