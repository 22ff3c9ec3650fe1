import Kernel

/// A sealed segment, open for reading: any thread may, each with a reader of its own.
///
/// Of its file memory holds the dictionary (64 KiB), where the blocks begin (8 bytes a block of
/// some 10 events), the filter (10 bits a name, of which an event brings some two) and the first
/// key of each page: some 4 bytes an event. `withoutIndex` keeps no more than the dictionary and
/// the keys: places and filter are then read from the file when they are asked for.
final class SealedSegment: Sendable {
  let first: UInt64
  /// The name within the log's folder.
  let name: String
  let file: any DiskFile
  let before: Digest
  let footer: SealedFooter
  let seed: SealedFormat.Seed
  let dictionary: [UInt8]
  /// The facts' names and forms by number; nil where this program knows none of the name.
  let names: [String]
  let forms: [FactForm?]
  let readers: SealedReaders
  /// The first key of each page of keys.
  let steps: [UInt64]
  /// The pages of places, and those of the filter.
  let places: SealedPages?
  let filter: SealedPages?

  var last: UInt64 { footer.last }
  var hash: Digest { footer.hash }
  var times: SealedTimes { footer.times }
  var count: Int { Int(last - first + 1) }
  /// Bytes of memory that `withoutIndex` does without.
  var indexBytes: Int { (places?.bytes.count ?? 0) + (filter?.bytes.count ?? 0) }

  /// Opens a file by its head, its footer and its index; reads no block.
  ///
  /// Throws `damaged` where they aren't what was written for this log and this place.
  convenience init(
    _ file: any DiskFile, _ name: Segment.Name, log: LogID, path: String, readers: SealedReaders,
    keepsIndex: Bool = true
  ) throws(StoreError) {
    let before = try Segment.head(of: file, name, log: log, path: path).before
    let seed = SealedFormat.Seed(log: log, first: name.first)
    let opening = SealedOpening(file: file, first: name.first, path: path, seed: seed)
    let footer = try opening.footer()
    self.init(
      opening, before, footer, try opening.contents(footer), readers,
      steps: try opening.words(.steps, footer),
      places: keepsIndex ? SealedPages(try opening.pages(.places, footer)) : nil,
      filter: keepsIndex ? SealedPages(try opening.pages(.filter, footer)) : nil)
  }

  private init(
    _ opening: SealedOpening, _ before: Digest, _ footer: SealedFooter,
    _ contents: SealedOpening.Contents, _ readers: SealedReaders, steps: [UInt64],
    places: SealedPages?, filter: SealedPages?
  ) {
    first = opening.first
    name = opening.path
    file = opening.file
    seed = opening.seed
    self.before = before
    self.footer = footer
    dictionary = contents.dictionary
    names = contents.names
    forms = contents.names.map { FactForm.named($0) }
    self.readers = readers
    self.steps = steps
    self.places = places
    self.filter = filter
  }

  /// The same segment, without the part of its index that can be read when it is needed.
  func withoutIndex() -> SealedSegment {
    SealedSegment(
      SealedOpening(file: file, first: first, path: name, seed: seed), before, footer,
      SealedOpening.Contents(names: names, dictionary: dictionary),
      readers, steps: steps, places: nil, filter: nil)
  }

  func offset(of kind: SealedPage.Kind) -> UInt64 {
    let pages = footer.pages
    let before =
      switch kind {
      case .places: 0
      case .keys: pages.places
      case .steps: pages.places + pages.keys
      case .filter: pages.places + pages.keys + pages.steps
      case .footer: pages.all
      }
    return footer.pagesAt + UInt64(before * SealedFormat.page)
  }

  func damage(_ what: String, at offset: UInt64 = 0, position: UInt64? = nil) -> StoreError {
    .damaged(Damage(file: name, offset: offset, position: position ?? first, what: what))
  }

  /// Whether events with a name may be in the segment, as far as memory tells; false is certain.
  func mayHold(_ key: KeyHash) -> Bool {
    guard let filter else { return true }
    let number = SealedFilter.block(of: key.short, pages: footer.pages.filter)
    let (page, place) = number.quotientAndRemainder(dividingBy: SealedFilter.perPage)
    return SealedFilter.mayHold(
      key.short,
      filter.bytes.part(
        page * SealedFormat.page + (1 + place) * SealedFilter.block, SealedFilter.block))
  }

  /// The version of the stream's last event in the segment; nil where there is none.
  func version(of key: KeyHash, _ hasher: KeyHasher) throws(StoreError) -> UInt64? {
    // Nearly always the answer, and no reader is borrowed for it.
    guard mayHold(key) else { return nil }
    return try readers.with { (reader) throws(StoreError) in
      guard try reader.mayHold(key, in: self) else { return nil }
      var end = last + 1
      while let position = try reader.last(of: key, before: end, in: self) {
        let found = try reader.record(at: position, of: self).parsed()
        if hasher.hash(.stream, found.stream) == key { return UInt64(found.version) }
        end = position
      }
      return nil
    }
  }

  /// What became of a command whose events are in the segment.
  func command(_ key: KeyHash, _ hasher: KeyHasher) throws(StoreError) -> LogIndex.Command? {
    guard mayHold(key) else { return nil }
    return try readers.with { (reader) throws(StoreError) in
      guard try reader.mayHold(key, in: self) else { return nil }
      var after = first - 1
      while let position = try reader.positions(of: key, after: after, limit: 1, in: self).first {
        let id = try reader.record(at: position, of: self).parsed().cause.command
        if hasher.hash(id) == key,
          let command = try reader.command(at: position, of: self)
        {
          return command
        }
        after = position
      }
      return nil
    }
  }
}

/// Pages of an index that stay in memory.
// Unchecked: nobody changes the bytes, and they live as long as the object.
final class SealedPages: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  init(_ pages: [UInt8]) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: pages.count, alignment: 64)
    memory.copyBytes(from: pages)
    bytes = UnsafeRawBufferPointer(memory)
  }

  deinit { bytes.deallocate() }
}
