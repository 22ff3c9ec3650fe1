public import JSON
public import Kernel
public import Tables

extension TableStore: TableReads {
  public func batches(
    channel: ChannelKey?, after place: Int, limit: Int
  ) throws(TableReadFailure) -> [BatchRecord] {
    do throws(TableError) {
      return try rows(
        of: "batch_status", where: channel.map { [("channel", $0.text)] } ?? [],
        order: .ascending("opened_at"), limit: limit, offset: place
      ).map { record in
        BatchRecord(
          phase: record["phase"]?.text ?? "",
          columns: record.cells.map { JSONMember($0.column, $0.value.json) })
      }
    } catch {
      throw TableReadFailure("\(error)")
    }
  }

  public func sagas(
    where matches: [(column: String, value: String?)], after place: Int, limit: Int
  ) throws(TableReadFailure) -> [SagaRecord] {
    do throws(TableError) {
      return try rows(
        of: "sagas", where: matches, order: .ascending("due_at"), limit: limit, offset: place
      ).map { record in
        SagaRecord(
          dueAt: record["due_at"]?.text.flatMap { Instant(text: $0) },
          columns: record.cells.map { JSONMember($0.column, $0.value.json) })
      }
    } catch {
      throw TableReadFailure("\(error)")
    }
  }

  public func lines(
    of table: String, where matches: [(column: String, value: String?)], by column: String?,
    after place: Int, limit: Int
  ) throws(TableReadFailure) -> [[JSONMember]] {
    do throws(TableError) {
      return try rows(
        of: table, where: matches, order: column.map { .ascending($0) }, limit: limit,
        offset: place
      ).map { record in record.cells.map { JSONMember($0.column, $0.value.json) } }
    } catch {
      throw TableReadFailure("\(error)")
    }
  }

  public func tables() throws(TableReadFailure) -> [TablePlace] {
    do throws(TableError) {
      let stale = stale
      return try sizes().map { size in
        TablePlace(
          name: size.table, position: size.position, isStale: stale.contains(size.table),
          rows: size.rows)
      }
    } catch {
      throw TableReadFailure("\(error)")
    }
  }
}

extension TableValue {
  var json: JSONValue {
    switch self {
    case .null: .null
    case .text(let text): .string(text)
    case .integer(let number): .integer(number)
    case .flag(let flag): .bool(flag)
    }
  }
}
