import Kernel

/// An event with everything around its body, in the one form that is stored, hashed and exported.
///
///     {"at":…,"body":{…},"cause":{"actor":…,"command":…,"position":…},"name":…,"partition":1,
///      "position":…,"stream":…,"tags":[…],"version":…}
///
/// without white space, in the order of RFC 8785; `cause.position` is missing where nothing caused
/// it.
struct Envelope: FieldGroup {
  var at: Instant = .blank
  var cause = Cause()
  /// The chain hash in hex; only in exports, as it can't be part of what it is the hash of.
  var hash: String?
  var name = ""
  var partition = 1
  var position = 0
  var stream = ""
  var tags: [String] = []
  var version = 0

  static var blank: Envelope { Envelope() }

  /// Where the body starts: an instant's text has one length.
  static let bodyStart = 7 + 27 + 9

  /// Lists what stands behind the body.
  mutating func list<F: Fields>(_ fields: inout F) {
    fields.group("cause", &cause)
    fields.text("hash", &hash)
    fields.text("name", &name)
    fields.integer("partition", &partition)
    fields.integer("position", &position)
    fields.text("stream", &stream)
    fields.texts("tags", &tags)
    fields.integer("version", &version)
  }

  /// What the event follows from.
  struct Cause: FieldGroup {
    var actor = ""
    var command: CommandID = .blank
    var position: Int?

    static var blank: Cause { Cause() }

    mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("actor", &actor)
      fields.text("command", &command)
      fields.integer("position", &position)
    }
  }

  /// Appends the canonical bytes, as the listing has them; gives the number of the body's.
  func write(_ event: LedgerEvent, to writer: inout BodyWriter) -> Int {
    Self.writeHead(at: at, to: &writer)
    let start = writer.out.bytes.count
    writer.write(event)
    let count = writer.out.bytes.count - start
    writeTail(to: &writer)
    return count
  }

  /// Appends the canonical bytes around a body that is written already.
  func write(body: [UInt8], to writer: inout BodyWriter) {
    Self.writeHead(at: at, to: &writer)
    writer.out.bytes += body
    writeTail(to: &writer)
  }

  /// Appends what stands before the body.
  static func writeHead(at instant: Instant, to writer: inout BodyWriter) {
    var at = instant
    writer.open()
    writer.text("at", &at)
    writer.put("body")
  }

  private func writeTail(to writer: inout BodyWriter) {
    var tail = self
    tail.list(&writer)
    writer.close()
  }

  /// What a fold needs of an envelope.
  struct Glance {
    var at: Instant = .blank
    var name = UnsafeRawBufferPointer(start: nil, count: 0)
    var position = 0
  }

  /// Reads no more than that; nil where the bytes are malformed, or have escapes before the name.
  static func glance(_ bytes: UnsafeRawBufferPointer, body count: Int) -> Glance? {
    var reader = BodyReader(bytes)
    return glance(&reader, body: count)?.found
  }

  private static func glance(
    _ reader: inout BodyReader, body count: Int
  ) -> (found: Glance, actor: UnsafeRawBufferPointer, command: UnsafeRawBufferPointer)? {
    var found = Glance()
    var cause: Int?
    var partition = 0
    reader.open()
    reader.text("at", &found.at)
    reader.pass("body", count: count)
    reader.open("cause")
    let actor = reader.plain("actor")
    let command = reader.plain("command")
    reader.integer("position", &cause)
    reader.close()
    found.name = reader.plain("name")
    reader.integer("partition", &partition)
    reader.integer("position", &found.position)
    guard reader.failure == nil, partition == 1, found.position > 0, cause ?? 1 > 0 else {
      return nil
    }
    return (found, actor, command)
  }

  /// What an index needs of an envelope.
  struct Places {
    let glance: Glance
    let command: UnsafeRawBufferPointer
    let stream: UnsafeRawBufferPointer
    let version: UInt64
  }

  /// Reads no more than that, and shows the tags; nil where the bytes are malformed, and also where
  /// a text outside the body has escapes, or an actor more than ASCII.
  static func places(
    _ bytes: UnsafeRawBufferPointer, body count: Int, tags show: (UnsafeRawBufferPointer) -> Void
  ) -> Places? {
    var reader = BodyReader(bytes)
    guard let (glance, actor, command) = glance(&reader, body: count),
      actor.allSatisfy({ $0 < 0x80 })
    else { return nil }
    let stream = reader.plain("stream")
    reader.plains("tags", show)
    var version = 0
    reader.integer("version", &version)
    reader.end()
    guard reader.failure == nil, version > 0 else { return nil }
    return Places(
      glance: glance, command: command, stream: stream, version: UInt64(version))
  }

  /// Reads canonical bytes whose body has `count` bytes; nothing is decoded of that.
  static func read(
    _ bytes: UnsafeRawBufferPointer, body count: Int
  ) throws(BodyFailure) -> Envelope {
    var envelope = Envelope()
    var reader = BodyReader(bytes)
    reader.open()
    reader.text("at", &envelope.at)
    reader.pass("body", count: count)
    envelope.list(&reader)
    reader.end()
    if let failure = reader.failure { throw failure }
    guard envelope.hash == nil, envelope.partition == 1, envelope.position > 0,
      envelope.version > 0, envelope.cause.position ?? 1 > 0
    else { throw BodyFailure(offset: 0, expected: "places from 1, and no hash,") }
    return envelope
  }
}

extension StoredEvent {
  /// The stored form of what a reader found.
  init(_ envelope: Envelope, body: [UInt8], hash: [UInt8]) {
    self.init(
      position: UInt64(envelope.position), stream: envelope.stream,
      version: UInt64(envelope.version), name: envelope.name, at: envelope.at,
      command: envelope.cause.command, causedBy: envelope.cause.position.map { UInt64($0) },
      actor: envelope.cause.actor, tags: envelope.tags, body: body, hash: hash)
  }

  var envelope: Envelope {
    Envelope(
      at: at,
      cause: Envelope.Cause(
        actor: actor, command: command, position: causedBy.map { Int($0) }),
      name: name, position: Int(position), stream: stream, tags: tags, version: Int(version))
  }
}
