import Kernel

/// The names and the marker of a log's folder.
///
///     log.json                          what the log is, and whether recovery is owed
///     lock                              held by the process that writes, whose id is in it
///     segments/00000000000000000001.active
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

  /// The segments by position; a name that is none of ours stops everything.
  func segmentNames() throws(StoreError) -> [Segment.Name] {
    var found: [Segment.Name] = []
    let texts = try reading { () throws(DiskError) in try disk.names(in: segments) }
    for text in texts where !text.hasSuffix(".new") {
      guard let name = Segment.Name(text) else {
        throw .unusable("\(segments)/\(text) is no segment this program knows; move it away")
      }
      if let last = found.last, last.first == name.first {
        throw .damaged(
          Damage(
            file: "segments/" + text, position: name.first,
            what: "it begins where segments/\(last.text) does"))
      }
      found.append(name)
    }
    return found
  }

  func open(_ name: Segment.Name, _ mode: OpenMode, log: LogID) throws(StoreError) -> Segment {
    let file = try reading { () throws(DiskError) in
      try disk.open(segments + "/" + name.text, mode)
    }
    return try Segment(file, name, log: log, path: "segments/" + name.text)
  }

  /// Opens the segment that begins at a position for reading, closed or not; nil where there is
  /// none.
  func find(_ first: UInt64, log: LogID) throws(StoreError) -> Segment? {
    for isActive in [true, false] {
      let name = Segment.Name(first: first, isActive: isActive)
      let file: any DiskFile
      do throws(DiskError) {
        file = try disk.open(segments + "/" + name.text, .read)
      } catch {
        guard error.isMissing else { throw .unreadable(error.description) }
        continue
      }
      return try Segment(file, name, log: log, path: "segments/" + name.text)
    }
    return nil
  }

  /// Makes the folders, their names safe on the disk.
  func make() throws(DiskError) {
    try disk.makeFolder(path)
    try disk.makeFolder(segments)
    try disk.syncFolder(path)
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
