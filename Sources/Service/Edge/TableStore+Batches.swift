public import JSON
public import Kernel
public import Tables

extension TableStore: TableReads {
  public func batches(
    of channels: [ChannelKey]?, after place: Int, limit: Int
  ) throws(TableReadFailure) -> [BatchRecord] {
    var records: [BatchRecord] = []
    do throws(TableError) {
      try eachRow(
        of: "batch_status", among: channels.map { ("channel", $0.map(\.text)) },
        order: .ascending("opened_at"), limit: limit, offset: place
      ) { records.append(BatchRecord($0)) }
    } catch {
      throw TableReadFailure("\(error)")
    }
    return records
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

extension BatchRecord {
  /// Written from where the row lies: a page of them is most of what its answer costs.
  fileprivate init(_ line: TableLine) {
    let phase = line.columns.firstIndex { $0.name == "phase" }.map { line.value(at: $0) }
    let status = Self.status(of: phase?.text ?? "")
    var writer = JSONWriter(reserving: 1 << 10)
    writer.beginObject()
    writer.name("status")
    writer.string(status)
    for (index, column) in line.columns.enumerated() {
      writer.name(column.name)
      if !line.withText(at: index, { writer.string($0) }) {
        line.value(at: index).json.write(to: &writer, .asIs)
      }
    }
    writer.endObject()
    self.init(status: status, json: writer.bytes)
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
