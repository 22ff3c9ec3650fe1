/// Why a store can't do what it was asked; the text says what an operator can do about it.
public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A write or a sync failed, or one did before: the process must end, and what was in flight is
  /// decided at the next start.
  case failed(String)
  /// No room for more events; nothing was written, and it may be tried again.
  case full(String)
  /// A read failed; it may be tried again.
  case unreadable(String)
  /// Stored bytes are not what was written. Never repaired in silence.
  case damaged(Damage)
  /// An event this program doesn't know: it is older than the log.
  case unknownName(String, position: UInt64)
  /// A group, or one event, is larger than a store takes.
  case tooLarge(bytes: Int, limit: Int)
  /// Another process, or another handle of this one, writes to the folder.
  case locked(folder: String, process: String)
  /// The folder belongs to the other environment.
  case otherEnvironment(folder: String, holds: String, asked: String)
  /// The folder was written by a newer program.
  case newerFormat(file: String, format: Int)
  /// The folder can't be used at all.
  case unusable(String)

  public var description: String {
    switch self {
    case .failed(let why): "the log's disk failed: \(why); restart to recover"
    case .full(let why): "no room for more events: \(why)"
    case .unreadable(let why): "the log can't be read: \(why)"
    case .damaged(let damage): damage.description
    case .unknownName(let name, let position):
      "event \(position) is a \(name), which this version doesn't know; use the newer program"
    case .tooLarge(let bytes, let limit): "\(bytes) bytes of events are more than \(limit)"
    case .locked(let folder, let process):
      "\(folder) is in use by process \(process); one process may write to a log"
    case .otherEnvironment(let folder, let holds, let asked):
      "\(folder) is a \(holds) log and can't be opened as \(asked)"
    case .newerFormat(let file, let format):
      "\(file) has format \(format), newer than this program's \(LogFormat.version)"
    case .unusable(let why): why
    }
  }
}

/// Where stored bytes differ from what was written.
public struct Damage: Hashable, Sendable, CustomStringConvertible {
  /// The file's name within the log's folder; empty where the store has no files.
  public let file: String
  /// Bytes from the start of the file.
  public let offset: UInt64
  /// The first position that can't be trusted.
  public let position: UInt64
  public let what: String

  public init(file: String = "", offset: UInt64 = 0, position: UInt64, what: String) {
    self.file = file
    self.offset = offset
    self.position = position
    self.what = what
  }

  public var description: String {
    let place = file.isEmpty ? "" : " (\(file) at byte \(offset))"
    return "corrupt-acknowledged: the log is damaged at position \(position)\(place): \(what); "
      + "nothing was changed, restore from a backup"
  }
}
