import Kernel

/// The one reader of segments: takes frame after frame into the index, and believes none of them.
///
/// Opening, following and verifying a log are this loader, each with its own idea of what may stand
/// behind the last whole frame.
struct LogLoader {
  let log: LogID
  let environment: Environment
  var map = LogMap()
  /// Everything up to here was synced, as the frames themselves say.
  private(set) var durable: UInt64 = 0
  private(set) var tail = Tail()
  /// Reads bodies too, and checks what they say.
  private var audit: EventAudit?
  private let chain = Chain()

  /// Where the newest segment's whole frames end.
  struct Tail {
    var offset: UInt64 = 0
    /// Where the last frame that holds events starts.
    var lastGroup: UInt64 = 0
    /// Why no frame follows.
    var reason = ""
    /// Whether the file ends where a frame says it goes on.
    var isCut = false
  }

  init(log: LogID, environment: Environment, auditing isAuditing: Bool) {
    self.log = log
    self.environment = environment
    audit = isAuditing ? EventAudit() : nil
  }

  var position: UInt64 { map.index.position }

  /// Goes on with the next segment.
  mutating func begin(_ segment: Segment) throws(StoreError) {
    guard segment.first == position + 1 else {
      let last = map.segments.last?.name ?? "nothing"
      throw .damaged(
        Damage(
          file: segment.name, position: position + 1,
          what: "it begins at position \(segment.first), behind \(last)"))
    }
    guard segment.before == map.index.hash else {
      throw .damaged(
        Damage(
          file: segment.name, offset: 48, position: position + 1,
          what: "the chain doesn't go on from the segment before"))
    }
    map.add(segment)
    // A segment is only made when all before it is synced.
    durable = position
    tail = Tail(offset: UInt64(Segment.headSize), lastGroup: UInt64(Segment.headSize))
  }

  /// Takes in every whole frame there is from the tail on.
  mutating func load(_ buffer: ReadBuffer) throws(StoreError) {
    guard let segment = map.segments.last else { return }
    while let (head, payload) = try next(segment, buffer) {
      try take(head, payload, segment)
      if head.kind == .events { tail.lastGroup = tail.offset }
      durable = max(durable, head.durable)
      tail.offset += UInt64(head.total)
    }
  }

  /// Refuses anything but zeros behind the frames of a closed segment.
  func requireEnd(_ buffer: ReadBuffer) throws(StoreError) {
    guard let segment = map.segments.last else { return }
    var at = tail.offset
    let size = try reading { () throws(DiskError) in try segment.file.size() }
    while at < size {
      let bytes = try reading { () throws(DiskError) in
        try buffer.bytes(of: segment.file, at: at, least: Int(min(1 << 16, size - at)))
      }
      guard !bytes.isEmpty, bytes.isZero else {
        throw .damaged(
          Damage(
            file: segment.name, offset: tail.offset, position: position + 1, what: tail.reason))
      }
      at += UInt64(bytes.count)
    }
  }

  private mutating func next(
    _ segment: Segment, _ buffer: ReadBuffer
  ) throws(StoreError) -> (FrameHead, UnsafeRawBufferPointer)? {
    var least = FrameHead.size
    while true {
      let bytes = try reading { () throws(DiskError) in
        try buffer.bytes(of: segment.file, at: tail.offset, least: least)
      }
      switch FrameFinding(bytes, at: tail.offset, segment: segment.first, log: log) {
      case .frame(let head): return (head, bytes.part(FrameHead.size, head.length))
      case .none(let reason):
        tail.reason = reason
        tail.isCut = false
        return nil
      case .newer(let format): throw .newerFormat(file: segment.name, format: format)
      case .short(let count):
        guard count > least else {
          tail.reason = "the file ends within a frame"
          tail.isCut = true
          return nil
        }
        least = count
      }
    }
  }

  private mutating func take(
    _ head: FrameHead, _ payload: UnsafeRawBufferPointer, _ segment: Segment
  ) throws(StoreError) {
    func damage(_ what: String) -> StoreError {
      .damaged(
        Damage(file: segment.name, offset: tail.offset, position: position + 1, what: what))
    }
    guard head.first == position + 1 else {
      throw damage("a frame of position \(head.first) stands there")
    }
    guard head.before == map.index.hash else { throw damage("the chain is broken") }
    guard head.durable <= position else {
      throw damage("events up to \(head.durable) were synced and are missing")
    }
    var at = 0
    for _ in 0..<head.proposals {
      guard payload.count - at >= FrameHead.proposalSize else { throw damage("a group is cut") }
      let digest = Digest(payload, at: at)
      let count = Int(payload.number(at: at + 32, UInt32.self))
      at += FrameHead.proposalSize
      let first = position + 1
      var command: CommandID?
      for _ in 0..<count {
        let offset = tail.offset + UInt64(FrameHead.size + at)
        guard
          let record = Record(
            payload.part(at, payload.count - at), position: position + 1, file: segment.name,
            offset: offset)
        else { throw damage("a record's checksum is wrong") }
        let envelope = try take(record, offset)
        guard command == nil || command == envelope.cause.command else {
          throw record.damage("one proposal has two commands")
        }
        command = envelope.cause.command
        at += record.bytes.count
      }
      guard let command, map.index.command(command) == nil else {
        throw damage("a proposal is empty, or its command was there before")
      }
      map.index.take(
        LogIndex.Command(digest: digest, first: first, last: position), of: command)
    }
    guard at == payload.count, head.first + UInt64(head.events) == position + 1 else {
      throw damage("a frame holds other events than its head says")
    }
  }

  private mutating func take(
    _ record: Record, _ offset: UInt64
  ) throws(StoreError) -> Envelope {
    let envelope = try record.parsed()
    guard chain.hash(after: map.index.hash, record.envelope) == record.hash else {
      throw record.damage("the chain is broken")
    }
    guard let stream = StreamName(text: envelope.stream) else {
      throw record.damage("\(envelope.stream) names no stream")
    }
    let version = map.index.version(of: stream) + 1
    guard UInt64(envelope.version) == version else {
      throw record.damage("version \(envelope.version) of \(stream) where \(version) comes next")
    }
    if let at = map.index.at, envelope.at < at { throw record.damage("recorded time went back") }
    var tags: [Tag] = []
    for text in envelope.tags {
      guard let tag = Tag(text: text) else { throw record.damage("\(text) is no tag") }
      tags.append(tag)
    }
    guard EventCodec.knows(envelope.name) else {
      throw .unknownName(envelope.name, position: record.position)
    }
    if record.position == 1 { try checkGenesis(record, envelope) }
    try audit?.check(record, envelope)
    map.take(
      EventPlace(stream: stream, version: version, tags: tags), at: envelope.at,
      hash: record.hash, offset: offset)
    return envelope
  }

  /// The first event and the folder must agree on what the log is.
  private func checkGenesis(_ record: Record, _ envelope: Envelope) throws(StoreError) {
    guard case .ledger(.opened(let opened)) = try record.event(envelope) else { return }
    guard opened.environment == environment, opened.log == log.text else {
      throw record.damage(
        "the first event opens \(opened.environment.text) log \(opened.log), the folder says "
          + "\(environment.text) \(log)")
    }
  }
}

/// The checks that read bodies: exact bytes, the place the fact itself names, balanced postings.
struct EventAudit {
  private var writer = BodyWriter()

  mutating func check(_ record: Record, _ envelope: Envelope) throws(StoreError) {
    let event = try record.event(envelope)
    writer.out.bytes.removeAll(keepingCapacity: true)
    writer.write(event)
    guard record.body.elementsEqual(writer.out.bytes) else {
      throw record.damage("the body of \(envelope.name) isn't in its one form")
    }
    let place = event.place
    guard place.stream.text == envelope.stream, place.tags.map(\.text) == envelope.tags else {
      throw record.damage("\(envelope.name) belongs to \(place.stream)")
    }
    var sums: [Asset: Int128] = [:]
    for line in postings(of: event) { sums[line.amount.asset, default: 0] += line.amount.units }
    guard sums.values.allSatisfy({ $0 == 0 }) else {
      throw record.damage("the postings of \(envelope.name) don't balance")
    }
    if record.position == 1 {
      guard case .ledger(.opened) = event else {
        throw record.damage("the log doesn't begin with its opening")
      }
    }
  }
}

extension Record {
  func event(_ envelope: Envelope) throws(StoreError) -> LedgerEvent {
    do {
      return try EventCodec.event(named: envelope.name, body: [UInt8](body))
    } catch {
      switch error {
      case .unknownName(let name): throw .unknownName(name, position: position)
      case .malformed: throw damage(error.description)
      }
    }
  }
}
