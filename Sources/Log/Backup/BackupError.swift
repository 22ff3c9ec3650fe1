/// Why a backup isn't made, or isn't taken back: each begins with a name that stays.
public enum BackupError: Error, Hashable, Sendable, CustomStringConvertible {
  case store(StoreError)
  case proof(ProofError)
  /// A file of the backup can't be read or written; it may be tried again.
  case files(String)
  /// Another backup is being written there.
  case taken(folder: String, process: String)
  /// The folder holds something else.
  case occupied(folder: String)
  /// The folder holds no backup that was ever finished.
  case missing(folder: String)
  /// The backup is of a format this program doesn't know.
  case newerFormat(format: Int)
  case otherLog(holds: String, source: String)
  /// The log doesn't begin with what was backed up.
  case forked(position: UInt64)
  /// The log ends before what was backed up.
  case older(source: UInt64, backup: UInt64)
  /// A file of the backup isn't what was written.
  case damaged(file: String, what: String)

  public var description: String {
    switch self {
    case .store(let error): error.description
    case .proof(let error): error.description
    case .files(let what): "backup-files: \(what)"
    case .taken(let folder, let process):
      "backup-taken: process \(process) is writing to \(folder)"
    case .occupied(let folder): "folder-occupied: \(folder) holds something else; take an empty one"
    case .missing(let folder): "backup-missing: \(folder) holds no finished backup"
    case .newerFormat(let format):
      "backup-newer: format \(format) is newer than this program's \(BackupManifest.version)"
    case .otherLog(let holds, let source):
      "backup-of-another-log: it is of log \(holds), and this is \(source)"
    case .forked(let position):
      "log-forked: the first \(position) events are not those of the backup; nothing was changed, "
        + "one of the two was rewritten"
    case .older(let source, let backup):
      "log-older: it ends at \(source), and the backup has \(backup); nothing was changed, restore "
        + "what is missing"
    case .damaged(let file, let what): "backup-damaged: \(file): \(what)"
    }
  }
}

/// Runs what reads or writes the backup's files.
func backing<T>(_ body: () throws(DiskError) -> T) throws(BackupError) -> T {
  do throws(DiskError) { return try body() } catch { throw .files(error.description) }
}

/// Runs what reads a log.
func storing<T>(_ body: () throws(StoreError) -> T) throws(BackupError) -> T {
  do throws(StoreError) { return try body() } catch { throw .store(error) }
}

/// Runs what reads or checks a proof.
func attesting<T>(_ body: () throws(ProofError) -> T) throws(BackupError) -> T {
  do throws(ProofError) { return try body() } catch { throw .proof(error) }
}
