import Kernel
import Projections
import Support
import Tables
import Testing

/// What holds for every table, over long stories with every kind of trouble.
@Suite struct ProjectionTests {
  static let story = Story.troubled().log

  @Test("does: every table's SQL declares the columns its row lists, in their order")
  func columnsAreFields() throws {
    for projection in allProjections { try check(projection) }
  }

  private func check<P: Projection>(_ projection: P.Type) throws {
    let script = try TableScript(projection)
    let listed = ColumnLister.columns(of: P.Row.self)
    let declared = script.columns
    #expect(listed.map(\.name) == declared.map(\.name), "\(script.name)")
    for (field, column) in zip(listed, declared) {
      #expect(
        field.kind.declarations.contains(column.type), "\(script.name).\(column.name)")
      #expect(field.isOptional == column.isNullable, "\(script.name).\(column.name)")
    }
    for key in script.key {
      let column = try #require(declared.first { $0.name == key }, "\(script.name) \(key)")
      #expect(!column.isNullable, "\(script.name).\(key)")
    }
    #expect(P.Row.blank.key == P.Row(key: P.Row.blank.key).key, "\(script.name)")
    let notes = ColumnLister.columns(of: P.Note.self)
    #expect(notes.first?.name == "subject", "\(script.name)")
  }

  @Test("does: taken in ones, in sevens or all at once, every table has the same digest")
  func portionsDontMatter() throws {
    let digests = try [1, 7, Self.story.count].map { size in
      let folder = ScratchFolder()
      let store = try TableStore(path: folder.file("tables.db"), projections: allProjections)
      for start in stride(from: 0, to: Self.story.count, by: size) {
        try store.take(Array(Self.story[start..<min(start + size, Self.story.count)]))
      }
      #expect(store.place == UInt64(Self.story.count))
      return try store.digests()
    }
    #expect(digests[0] == digests[1])
    #expect(digests[0] == digests[2])
    for digest in digests[0] { #expect(digest.rows > 0, "\(digest.table) is empty") }
  }

  @Test("does: every table, rebuilt beside itself, equals itself")
  func rebuiltEqualsItself() throws {
    let folder = ScratchFolder()
    let store = try TableStore(path: folder.file("tables.db"), projections: allProjections)
    try store.take(Self.story)
    let before = try store.digests()
    for name in store.names {
      let report = try store.rebuild(
        [name], of: UInt64(Self.story.count), reading: reader(Self.story))
      #expect(report.map(\.differing) == [0], "\(name): \(report)")
    }
    #expect(try store.digests() == before)
    let all = try store.rebuildAll(of: UInt64(Self.story.count), reading: reader(Self.story))
    #expect(all.map(\.digest) == before.map(\.digest))
  }

  @Test("does: facts that no table asks for by name change nothing in it")
  func otherFormsChangeNothing() throws {
    for projection in allProjections { try checkForms(projection) }
  }

  private func checkForms<P: Projection>(_ projection: P.Type) throws {
    var (rows, notes) = (Rows<P.Row>(), Rows<P.Note>())
    var (allRows, allNotes) = (Rows<P.Row>(), Rows<P.Note>())
    var left = 0
    for recorded in Self.story {
      take(recorded, projection, &allRows, &allNotes)
      let form = try #require(FactForm.named(recorded.event.name))
      if P.forms.contains(form) {
        #expect(P.families.contains(form.family), "\(P.table.name) \(form.name)")
        take(recorded, projection, &rows, &notes)
      } else {
        left += 1
      }
    }
    #expect(Set(rows.all) == Set(allRows.all), "\(P.table.name)")
    #expect(Set(notes.all) == Set(allNotes.all), "\(P.table.name)")
    #expect(left > 0, "\(P.table.name)")
    // Nor do they in an empty table.
    for (name, blank) in LedgerEvent.blanks {
      guard let form = FactForm.named(name), !P.forms.contains(form) else { continue }
      var (rows, notes) = (Rows<P.Row>(), Rows<P.Note>())
      let recorded = Recorded(position: 1, at: Self.story[0].at, event: blank)
      take(recorded, projection, &rows, &notes)
      #expect(rows.changedCount + notes.changedCount == 0, "\(P.table.name) \(name)")
    }
  }

  @Test("does: the same story twice gives the same digests")
  func isDeterministic() throws {
    let digests = try (0..<2).map { _ in
      let folder = ScratchFolder()
      let store = try TableStore(path: folder.file("tables.db"), projections: allProjections)
      try store.take(Story.troubled().log)
      return try store.digests()
    }
    #expect(digests[0] == digests[1])
  }
}

/// Reads a log in memory as the store reads a real one.
func reader(_ log: [Recorded]) -> LogReader {
  { after, limit in Array(log.dropFirst(Int(after)).prefix(limit)) }
}
