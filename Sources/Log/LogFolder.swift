import Kernel

/// The names and the marker of a log's folder.
///
///     log.json                          what the log is, and whether recovery is owed
///     lock                              held by the process that writes, whose id is in it
///     segments/00000000000000000001.sealed     made of a closed one
///     segments/00000000000000300001.raw        closed
///     segments/00000000000000600001.active     written to
///
/// Names that end in `.new` are not finished and count for nothing.
struct LogFolder: Sendable {
  let path: String
  let disk: any Disk

  var marker: String { path + "/log.json" }
  var lock: String { path + "/lock" }
  var segments: String { path + "/segments" }

  /// What the folder says about its log.
  struct Marker: Hashable {
    var environment: Environment
    var log: LogID
    /// Why nothing may be signed until recovery is done; nil where none is owed.
    var recovery: String?

    /// The marker's file, in canonical JSON.
    var bytes: [UInt8] {
      var fields = MarkerFields(
        environment: environment, log: log.text, recovery: recovery)
      var writer = BodyWriter()
      writer.open()
      fields.list(&writer)
      writer.close()
      return writer.out.bytes
    }
  }

  /// Nil where the folder holds no log yet.
  func readMarker() throws(StoreError) -> Marker? {
    let bytes: [UInt8]
    do throws(DiskError) {
      bytes = try disk.open(marker, .read).bytes(4096, at: 0)
    } catch {
      if error.isMissing { return nil }
      throw .unreadable(error.description)
    }
    var fields = MarkerFields()
    let failure = bytes.withUnsafeBytes { raw in
      var reader = BodyReader(raw)
      reader.open()
      fields.list(&reader)
      reader.end()
      return reader.failure
    }
    if fields.format > LogFormat.version {
      throw .newerFormat(file: "log.json", format: fields.format)
    }
    guard failure == nil, fields.format == LogFormat.version, let log = LogID(text: fields.log)
    else {
      throw .damaged(
        Damage(file: "log.json", position: 1, what: failure?.description ?? "no log id in it"))
    }
    return Marker(environment: fields.environment, log: log, recovery: fields.recovery)
  }

  func write(_ marker: Marker) throws(DiskError) {
    let file = try disk.open(self.marker + ".new", .create)
    try file.write(marker.bytes, at: 0)
    try file.sync()
    try disk.rename(self.marker + ".new", to: self.marker)
    try disk.syncFolder(path)
  }

  /// The segments by position, both names where there are a sealed and a raw one; a name that is
  /// none of ours stops everything.
  func segmentNames() throws(StoreError) -> [Segment.Name] {
    var found: [Segment.Name] = []
    let texts = try reading { () throws(DiskError) in try disk.names(in: segments) }
    for text in texts where !text.hasSuffix(".new") {
      guard let name = Segment.Name(text) else {
        throw .unusable("\(segments)/\(text) is no segment this program knows; move it away")
      }
      // Sealing leaves both for a moment, and where it is cut off then.
      if let last = found.last, last.first == name.first,
        (last.kind, name.kind) != (.raw, .sealed)
      {
        throw .damaged(
          Damage(
            file: "segments/" + text, position: name.first,
            what: "it begins where segments/\(last.text) does"))
      }
      found.append(name)
    }
    return found
  }

  func path(_ name: Segment.Name) -> String { segments + "/" + name.text }

  func open(_ name: Segment.Name, _ mode: OpenMode, log: LogID) throws(StoreError) -> Segment {
    let file = try reading { () throws(DiskError) in try disk.open(path(name), mode) }
    return try Segment(file, name, log: log, path: "segments/" + name.text)
  }

  func openSealed(
    _ name: Segment.Name, log: LogID, readers: SealedReaders
  ) throws(StoreError) -> SealedSegment {
    let file = try reading { () throws(DiskError) in try disk.open(path(name), .read) }
    return try SealedSegment(
      file, name, log: log, path: "segments/" + name.text, readers: readers)
  }

  /// A segment found by where it begins.
  enum Found {
    case raw(Segment)
    case sealed(SealedSegment)
  }

  /// Opens the segment that begins at a position for reading, whatever it is by now; nil where
  /// there is none.
  ///
  /// Asked for by name, as a list of the folder isn't exact while a writer renames; and in the
  /// order that a segment takes its names in, so that it isn't missed while it changes.
  func find(
    _ first: UInt64, log: LogID, readers: SealedReaders
  ) throws(StoreError) -> Found? {
    for kind in [Segment.Name.Kind.active, .raw] {
      let name = Segment.Name(first: first, kind)
      let file: any DiskFile
      do throws(DiskError) {
        file = try disk.open(path(name), .read)
      } catch {
        guard error.isMissing else { throw .unreadable(error.description) }
        continue
      }
      return .raw(try Segment(file, name, log: log, path: "segments/" + name.text))
    }
    return try findSealed(first, log: log, readers: readers).map { .sealed($0) }
  }

  /// Opens the sealed segment that begins at a position; nil where there is none.
  func findSealed(
    _ first: UInt64, log: LogID, readers: SealedReaders
  ) throws(StoreError) -> SealedSegment? {
    let name = Segment.Name(first: first, .sealed)
    let file: any DiskFile
    do throws(DiskError) {
      file = try disk.open(path(name), .read)
    } catch {
      guard error.isMissing else { throw .unreadable(error.description) }
      return nil
    }
    return try SealedSegment(
      file, name, log: log, path: "segments/" + name.text, readers: readers)
  }

  /// Makes the folders, their names safe on the disk.
  func make() throws(DiskError) {
    try disk.makeFolder(path)
    try disk.makeFolder(segments)
    try disk.syncFolder(path)
    do throws(DiskError) {
      try disk.syncFolder(parent)
    } catch {
      // Who may not read the folder above didn't make this one in it.
      guard error.isForbidden else { throw error }
    }
  }

  private var parent: String {
    let names = path.split(separator: "/", omittingEmptySubsequences: true).dropLast()
    let start = path.first == "/" ? "/" : names.isEmpty ? "." : ""
    return start + names.joined(separator: "/")
  }
}

/// `log.json`, in canonical JSON.
private struct MarkerFields: FieldGroup {
  var environment: Environment = .blank
  var format = LogFormat.version
  var log = ""
  var recovery: String?

  static var blank: MarkerFields { MarkerFields() }

  mutating func list<F: Fields>(_ fields: inout F) {
    fields.text("environment", &environment)
    fields.integer("format", &format)
    fields.text("log", &log)
    fields.text("recovery", &recovery)
  }
}
