import Glibc
import JSON

/// The inputs that made the stand-ins' world, a line each, so that a restart makes it again.
///
/// The first line holds the rules. A line is written before its answer leaves; there is no sync,
/// for the stand-ins survive the death of their process, not of the machine. One process at a time.
final class Journal: Sendable {
  private let descriptor: Int32

  enum Failure: Error, CustomStringConvertible {
    case unusable(path: String, errno: Int32)
    /// Another process has it.
    case taken(path: String)
    case damaged(path: String, line: Int)

    var description: String {
      switch self {
      case .unusable(let path, let code): "\(path): \(String(cString: strerror(code)))"
      case .taken(let path): "\(path): another sandbox uses it"
      case .damaged(let path, let line): "\(path): line \(line) can't be read"
      }
    }
  }

  /// Opens or starts the journal of a folder, and hands over each input that is in it.
  ///
  /// The rules of a journal that is there win over `rules`.
  static func open(
    folder: String, rules: Rules
  ) throws(Failure) -> (journal: Journal, rules: Rules, inputs: [Input]) {
    let path = folder + "/journal.jsonl"
    if mkdir(folder, 0o700) != 0, errno != EEXIST {
      throw .unusable(path: folder, errno: errno)
    }
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unusable(path: path, errno: errno) }
    let journal = Journal(descriptor)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .taken(path: path) }
    guard let bytes = journal.contents() else { throw .unusable(path: path, errno: errno) }
    // A last line without its end was never answered.
    let whole = bytes.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    if whole < bytes.count, ftruncate(descriptor, off_t(whole)) != 0 {
      throw .unusable(path: path, errno: errno)
    }
    let lines = bytes[..<whole].split(separator: 0x0a)
    guard let first = lines.first else {
      journal.append(rules.json)
      return (journal, rules, [])
    }
    guard let header = try? JSONValue.parse(Array(first)), let kept = Rules(header) else {
      throw .damaged(path: path, line: 1)
    }
    var inputs: [Input] = []
    for (index, line) in lines.enumerated().dropFirst() {
      guard let json = try? JSONValue.parse(Array(line), limits: Core.limits),
        let input = Input(json)
      else { throw .damaged(path: path, line: index + 1) }
      inputs.append(input)
    }
    return (journal, kept, inputs)
  }

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit {
    // By itself closing leaves the lock to a child that is just being started with a copy of it.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  func append(_ input: Input) { append(input.json) }

  /// A stand-in that forgets what it has answered would pay twice: better none.
  private func append(_ line: JSONValue) {
    let bytes = line.written(.asIs) + [0x0a]
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    precondition(count == bytes.count, "the sandbox's journal can't be written: \(errno)")
  }

  private func contents() -> [UInt8]? {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    guard size >= 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: size)
    var offset = 0
    while offset < size {
      let count = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress?.advanced(by: offset), size - offset, off_t(offset))
      }
      guard count > 0 else { return nil }
      offset += count
    }
    return bytes
  }
}

extension Input {
  var json: JSONValue {
    .object(["at": .integer(at), "do": .string(what.rawValue), "with": body])
  }

  init?(_ json: JSONValue) {
    guard let at = json["at"]?.integer, let what = json["do"]?.text.flatMap(What.init),
      let body = json["with"]
    else { return nil }
    self.init(at: at, what: what, body: body)
  }
}
