/// The end of the log that is written to: room ahead, frames, syncs, and the change of segments.
///
/// The order of its calls is what a power cut can't break: zeros are synced before a frame stands
/// in them, a segment's contents before its name, and a name before what relies on it.
struct SegmentWriter: Sendable {
  struct Sizes: Sendable {
    /// A segment that has so many bytes is closed.
    var segment: UInt64 = 256 << 20
    /// Zeros are made ahead in such steps.
    var step: UInt64 = 16 << 20
  }

  let folder: LogFolder
  let log: LogID
  let sizes: Sizes
  private(set) var segment: Segment
  /// Where the next frame goes.
  private(set) var offset: UInt64
  /// Zeros are on the disk up to here.
  private var room: UInt64

  /// Goes on in a segment whose frames end at `offset` and that is zero, and synced, up to `room`.
  init(
    _ folder: LogFolder, log: LogID, sizes: Sizes, segment: Segment, offset: UInt64, room: UInt64
  ) {
    self.folder = folder
    self.log = log
    self.sizes = sizes
    self.segment = segment
    self.offset = offset
    self.room = room
  }

  /// Makes room for a frame; false where the segment is to be closed first.
  func hasPlace(for count: Int) -> Bool {
    offset == Segment.headSize || offset + UInt64(count) <= sizes.segment
  }

  /// A frame of so many bytes is a bulk of them: writing zeros where they go doubles what the disk
  /// has to do, while the file system's own note of a place that was reserved hardly counts.
  private static let bulk = 1 << 18

  /// Makes zeros ahead until the frame fits.
  mutating func makeRoom(for count: Int) throws(DiskError) {
    // One more head than needed stays zero, so that the end of the frames is always to be seen.
    let need = offset + UInt64(count + FrameHead.size)
    guard need > room else { return }
    let size = (need + sizes.step - 1) / sizes.step * sizes.step
    if count < Self.bulk {
      try segment.file.zero(from: room, to: size)
    } else {
      try segment.file.reserve(from: room, to: size)
    }
    try segment.file.sync()
    room = size
  }

  /// Writes a frame and syncs it; whatever fails here leaves the disk in doubt.
  mutating func write(_ frame: [UInt8]) throws(DiskError) {
    try segment.file.write(frame, at: offset)
    try segment.file.sync()
    offset += UInt64(frame.count)
  }

  /// Makes the segment that comes next; nothing relies on it yet.
  func next(first: UInt64, before: Digest) throws(DiskError) -> Segment {
    try Self.make(folder, log: log, sizes: sizes, first: first, before: before)
  }

  /// Closes the segment and goes on in the next one.
  mutating func roll(to next: Segment) throws(DiskError) {
    try Self.close(folder, first: segment.first)
    try Self.publish(folder, first: next.first)
    // Only now: an active segment without zeros behind its frames would be one that was cut. If it
    // fails, zeros stay in a closed segment, where they do no harm.
    try? segment.file.truncate(to: offset)
    segment = next
    offset = UInt64(Segment.headSize)
    room = sizes.step
  }

  /// Takes a segment's right to be written to.
  static func close(_ folder: LogFolder, first: UInt64) throws(DiskError) {
    try folder.disk.rename(
      folder.segments + "/" + Segment.Name(first: first, .active).text,
      to: folder.segments + "/" + Segment.Name(first: first, .raw).text)
  }

  /// Makes a segment under its unfinished name, with zeros ahead.
  static func make(
    _ folder: LogFolder, log: LogID, sizes: Sizes, first: UInt64, before: Digest
  ) throws(DiskError) -> Segment {
    let name = Segment.Name(first: first, .active)
    let file = try folder.disk.open(folder.segments + "/" + name.text + ".new", .create)
    try file.write(Segment.head(first: first, log: log, before: before), at: 0)
    try file.zero(from: UInt64(Segment.headSize), to: sizes.step)
    try file.sync()
    return Segment(first: first, name: "segments/" + name.text, file: file, before: before)
  }

  /// Gives a made segment its name.
  static func publish(_ folder: LogFolder, first: UInt64) throws(DiskError) {
    let path = folder.segments + "/" + Segment.Name(first: first, .active).text
    try folder.disk.rename(path + ".new", to: path)
    try folder.disk.syncFolder(folder.segments)
  }
}
