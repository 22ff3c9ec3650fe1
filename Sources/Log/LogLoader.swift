import Kernel

/// The one reader of segments: takes frame after frame into the index, and believes none of them.
///
/// Opening, following and verifying a log are this loader, each with its own idea of what may stand
/// behind the last whole frame.
struct LogLoader {
  let log: LogID
  let environment: Environment
  var map: LogMap
  /// Everything up to here was synced, as the frames themselves say.
  private(set) var durable: UInt64 = 0
  private(set) var tail = Tail()
  /// Reads bodies too, and checks what they say.
  private var audit: EventAudit?
  private let chain = Chain()
  /// Room for one event's.
  private var tags: [KeyHash] = []
  /// What is to be looked up in the sealed segments, by `settle`; nil where that is done at once.
  var owed: OwedLookups?

  /// Where the newest segment's whole frames end.
  struct Tail {
    var walk = FrameWalk()
    /// Where the last frame that holds events starts.
    var lastGroup = UInt64(Segment.headSize)

    var offset: UInt64 { walk.offset }
    var reason: String { walk.reason }
    var isCut: Bool { walk.isCut }
  }

  /// - Parameter isGathering: Names are looked up in sealed segments when `settle` is called, and
  ///   no unsealed segment is replaced before: for whoever believes nothing until then.
  init(
    log: LogID, environment: Environment, auditing isAuditing: Bool,
    gathering isGathering: Bool = false
  ) {
    owed = isGathering ? OwedLookups() : nil
    self.log = log
    self.environment = environment
    map = LogMap(log: log)
    audit = isAuditing ? EventAudit() : nil
  }

  var position: UInt64 { map.index.position }

  /// Goes on with the next segment.
  mutating func begin(_ segment: Segment) throws(StoreError) {
    try requireNext(segment.name, segment.first, segment.before)
    map.add(segment)
    // A segment is only made when all before it is synced.
    durable = position
    tail = Tail()
  }

  /// Goes on with a sealed segment, by its index alone unless everything is audited.
  mutating func begin(_ segment: SealedSegment) throws(StoreError) {
    try requireNext(segment.name, segment.first, segment.before)
    if let at = map.index.at, segment.times.first < at {
      throw segment.damage("recorded time went back")
    }
    for (name, form) in zip(segment.names, segment.forms) where form == nil {
      throw .unknownName(name, position: segment.first)
    }
    guard map.raw.isEmpty else {
      throw segment.damage("it lies behind \(map.newestName ?? ""), which isn't sealed")
    }
    if audit != nil {
      try check(segment)
    } else {
      if segment.first == 1 {
        try segment.readers.with { (reader) throws(StoreError) in
          let record = try reader.record(at: 1, of: segment)
          try checkGenesis(record, try record.parsed())
        }
      }
      map.add(segment)
    }
    durable = position
  }

  /// Lets a sealed segment stand for the oldest raw one, whose events it must hold.
  mutating func replace(with segment: SealedSegment) throws(StoreError) {
    guard let table = map.index.tables.first, table.last == segment.last else {
      throw segment.damage("it ends at \(segment.last), and what it was made of doesn't")
    }
    if audit != nil {
      var check = SealedCheck(segment, log: log)
      let reader = SealedReader()
      while try check.step(reader) {}
    }
    map.replace(with: segment)
  }

  private func requireNext(
    _ name: String, _ first: UInt64, _ before: Digest
  ) throws(StoreError) {
    guard first == position + 1 else {
      throw .damaged(
        Damage(
          file: name, position: position + 1,
          what: "it begins at position \(first), behind \(map.newestName ?? "nothing")"))
    }
    guard before == map.index.hash else {
      throw .damaged(
        Damage(
          file: name, offset: 48, position: position + 1,
          what: "the chain doesn't go on from the segment before"))
    }
  }

  /// Takes in every whole frame there is from the tail on.
  mutating func load(_ buffer: ReadBuffer) throws(StoreError) {
    guard let segment = map.raw.last?.segment else { return }
    while let (head, payload) = try tail.walk.frame(of: segment, log: log, buffer) {
      try take(head, payload, segment)
      if head.kind == .events { tail.lastGroup = tail.offset }
      durable = max(durable, head.durable)
      tail.walk.offset += UInt64(head.total)
      if owed?.isFull == true { try settle(buffer) }
    }
  }

  /// Refuses anything but zeros behind the frames of a closed segment.
  func requireEnd(_ buffer: ReadBuffer) throws(StoreError) {
    guard let segment = map.raw.last?.segment else { return }
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

  private mutating func take(
    _ head: FrameHead, _ bytes: UnsafeRawBufferPointer, _ segment: Segment
  ) throws(StoreError) {
    var payload = FramePayload(
      bytes, file: segment.name, offset: tail.offset, after: position)
    guard head.first == position + 1 else {
      throw payload.damage("a frame of position \(head.first) stands there")
    }
    guard head.before == map.index.hash else { throw payload.damage("the chain is broken") }
    guard head.durable <= position else {
      throw payload.damage("events up to \(head.durable) were synced and are missing")
    }
    for _ in 0..<head.proposals {
      let proposal = try payload.proposal()
      let first = position + 1
      var command: KeyHash?
      for _ in 0..<proposal.count {
        let offset = payload.nextOffset
        let record = try payload.record()
        let found = try take(record, offset)
        guard command == nil || command == found else {
          throw record.damage("one proposal has two commands")
        }
        command = found
      }
      guard let command, try isNew(command, at: first) else {
        throw payload.damage("a proposal is empty, or its command was there before")
      }
      map.index.take(
        LogIndex.Command(digest: proposal.digest, first: first, last: position), of: command)
    }
    guard payload.isAtEnd, head.first + UInt64(head.events) == position + 1 else {
      throw payload.damage("a frame holds other events than its head says")
    }
  }

  /// Checks a sealed segment from its first byte to its last, as a raw one is when it is loaded.
  private mutating func check(_ segment: SealedSegment) throws(StoreError) {
    map.index.begin()
    var check = SealedCheck(segment, log: log)
    let reader = SealedReader()
    var proposal = LogIndex.Command(digest: .zero, first: 0, last: 0)
    while try check.step(
      reader,
      { (record, begun) throws(StoreError) in
        if let begun {
          proposal = LogIndex.Command(
            digest: begun.digest, first: record.position,
            last: record.position + UInt64(begun.count) - 1)
        }
        let command = try take(record, nil)
        guard record.position == proposal.last else { return }
        guard try map.index.command(command) == nil else {
          throw record.damage("its command was there before")
        }
        map.index.take(proposal, of: command)
      })
    {}
    map.index.replace(with: segment)
  }

  /// Takes in the next event; gives its command.
  private mutating func take(_ record: Record, _ offset: UInt64?) throws(StoreError) -> KeyHash {
    if audit == nil, let offset, let command = try takePlain(record, offset) { return command }
    return map.index.hasher.hash(try takeAny(record, offset).cause.command)
  }

  /// The short way of nearly every event: nothing is made of its texts but their hashes.
  ///
  /// Nil, and nothing is taken in, where it isn't as it must be: the long way says what is wrong,
  /// if it is.
  private mutating func takePlain(
    _ record: Record, _ offset: UInt64
  ) throws(StoreError) -> KeyHash? {
    let hasher = map.index.hasher
    tags.removeAll(keepingCapacity: true)
    var areTags = true
    let places = Envelope.places(record.envelope, body: record.bodyCount) { tag in
      areTags = areTags && Tag.accepts(tag)
      tags.append(hasher.hash(.tag, tag))
    }
    guard let places, areTags, UInt64(places.glance.position) == record.position,
      record.position > 1, StreamName.accepts(places.stream), CommandID.accepts(places.command),
      FactForm.named(utf8: places.glance.name) != nil,
      map.index.at.map({ $0 <= places.glance.at }) ?? true,
      chain.hash(after: map.index.hash, record.envelope) == record.hash
    else { return nil }
    let stream = hasher.hash(.stream, places.stream)
    guard try comesNext(places.version, in: stream) else { return nil }
    map.take(
      stream, version: places.version, tags: tags[...], at: places.glance.at, hash: record.hash,
      offset: offset)
    return hasher.hash(.command, places.command)
  }

  private mutating func takeAny(
    _ record: Record, _ offset: UInt64?
  ) throws(StoreError) -> Envelope {
    let envelope = try record.parsed()
    guard chain.hash(after: map.index.hash, record.envelope) == record.hash else {
      throw record.damage("the chain is broken")
    }
    guard let stream = StreamName(text: envelope.stream) else {
      throw record.damage("\(envelope.stream) names no stream")
    }
    let version = try map.index.version(of: stream) + 1
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
    let place = EventPlace(stream: stream, version: version, tags: tags)
    if let offset {
      map.take(place, at: envelope.at, hash: record.hash, offset: offset)
    } else {
      map.index.take(place, at: envelope.at, hash: record.hash)
    }
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
