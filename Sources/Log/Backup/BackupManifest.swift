import Kernel

/// What a backup holds, file by file: `backup.json`, in canonical JSON, written last.
///
/// Whoever holds the manifest's own sum knows every byte of the backup.
struct BackupManifest: FieldGroup {
  static let version = 1
  static let name = "backup.json"

  /// When the backup was begun.
  var at: Instant?
  /// Events that the checkpoint covers; nil where nothing was signed.
  var checkpoint: Int?
  /// The right edge of the tree over all events, largest subtree first.
  var edge: [String] = []
  var environment: Environment = .blank
  var files: [File] = []
  var format = BackupManifest.version
  /// The chain's hash at the last event.
  var head = ""
  /// The public key of the log's checkpoints; the private one is in no backup.
  var key: String?
  var log = ""
  /// 0 in a backup that was begun and never finished.
  var position = 0
  var root = ""
  /// SHA-256 of the manifest without this line.
  var sum: String?

  /// One file of the backup.
  struct File: FieldGroup {
    /// Of a segment that was still written to, what the backup holds of it; the file may have more.
    var bytes = 0
    /// The chain's hash behind a segment's last event.
    var chain: String?
    /// Positions of a segment; `last` is `first - 1` where it has none yet.
    var first: Int?
    var last: Int?
    /// Within the backup's folder.
    var name = ""
    var sha256 = ""

    static var blank: File { File() }

    mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("bytes", &bytes)
      fields.text("chain", &chain)
      fields.integer("first", &first)
      fields.integer("last", &last)
      fields.text("name", &name)
      fields.text("sha256", &sha256)
    }

    /// The end of the log as it was: to be closed with a mark wherever it is put.
    var isTail: Bool { name.hasSuffix(".active") }
  }

  static var blank: BackupManifest { BackupManifest() }

  mutating func list<F: Fields>(_ fields: inout F) {
    fields.text("at", &at)
    fields.integer("checkpoint", &checkpoint)
    fields.texts("edge", &edge)
    fields.text("environment", &environment)
    fields.groups("files", &files)
    fields.integer("format", &format)
    fields.text("head", &head)
    fields.text("key", &key)
    fields.text("log", &log)
    fields.integer("position", &position)
    fields.text("root", &root)
    fields.text("sum", &sum)
  }

  /// The manifest's bytes, its sum among them.
  var bytes: [UInt8] {
    var whole = self
    whole.sum = nil
    whole.sum = HexText.of(SHA256.digest(of: whole.text))
    return whole.text
  }

  private var text: [UInt8] {
    var copy = self
    var writer = BodyWriter()
    writer.open()
    copy.list(&writer)
    writer.close()
    return writer.out.bytes
  }

  init() {}

  init(_ bytes: [UInt8]) throws(BackupError) {
    self.init()
    var read = self
    let failure = bytes.withUnsafeBytes { raw in
      var reader = BodyReader(raw)
      reader.open()
      read.list(&reader)
      reader.end()
      return reader.failure
    }
    guard read.format <= Self.version else { throw .newerFormat(format: read.format) }
    if let failure { throw .damaged(file: Self.name, what: failure.description) }
    guard read.bytes == bytes else { throw .damaged(file: Self.name, what: "its sum is wrong") }
    guard read.format == Self.version, LogID(text: read.log) != nil, read.tree != nil,
      Digest(hexText: read.head) != nil, read.files.allSatisfy(Self.isSound)
    else { throw .damaged(file: Self.name, what: "it is no manifest of this format") }
    self = read
  }

  /// Names that lead out of the folder are nobody's.
  private static func isSound(_ file: File) -> Bool {
    let parts = file.name.split(separator: "/", omittingEmptySubsequences: false)
    return file.bytes >= 0 && Digest(hexText: file.sha256) != nil
      && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }

  /// The tree over all events; nil where the edge is none of the position.
  var tree: TreeEdge? {
    let subtrees = edge.compactMap { Digest(hexText: $0) }
    guard position >= 0, subtrees.count == edge.count else { return nil }
    return TreeEdge(size: UInt64(position), subtrees: subtrees)
  }

  func file(_ name: String) -> File? { files.first { $0.name == name } }
}
