/// Why a log can't be proved: each begins with a name that stays.
///
/// `place` says which file, and which checkpoint in it.
public enum ProofError: Error, Hashable, Sendable, CustomStringConvertible {
  case store(StoreError)
  /// A file of keys or checkpoints can't be read or written.
  case files(String)
  /// The log's signing key is missing, malformed, or another log's.
  case key(path: String, what: String)
  /// The witness is gone: what it saw can't be compared.
  case witness(String)
  /// There is no checkpoint yet.
  case unsigned(String)
  /// The newest checkpoint doesn't cover what is to be proved.
  case unproven(size: UInt64)
  case malformed(place: String, what: String)
  /// No signature by the log's key, or one that doesn't fit the text.
  case forged(place: String, what: String)
  case otherLog(place: String, names: String, log: String)
  /// The log ends before what was signed.
  case truncated(place: String, size: UInt64, head: UInt64)
  /// What was signed is not how the log begins.
  case rewritten(place: String, size: UInt64)

  public var description: String {
    switch self {
    case .store(let error): error.description
    case .files(let what): "checkpoint-files: \(what)"
    case .key(let path, let what): "log-key: \(path) \(what)"
    case .witness(let path):
      "witness-missing: there is no \(path), and this log was signed before; bring back its disk, "
        + "or make an empty file there for a new witness"
    case .unsigned(let path): "checkpoint-none: \(path) is not there; the service signs the first"
    case .unproven(let size):
      "checkpoint-short: the newest checkpoint covers positions 1 to \(size)"
    case .malformed(let place, let what): "checkpoint-malformed: \(place): \(what)"
    case .forged(let place, let what): "checkpoint-forged: \(place): \(what)"
    case .otherLog(let place, let names, let log):
      "checkpoint-of-another-log: \(place) is of \(names), and this is \(log)"
    case .truncated(let place, let size, let head):
      "log-truncated: \(place) was signed over \(size) events, and the log ends at \(head); "
        + "nothing was changed, restore what is missing"
    case .rewritten(let place, let size):
      "log-rewritten: the first \(size) events are not those that \(place) was signed over; "
        + "nothing was changed, restore from a backup"
    }
  }
}

/// Runs what reads a store.
func proving<T>(_ body: () throws(StoreError) -> T) throws(ProofError) -> T {
  do throws(StoreError) { return try body() } catch { throw .store(error) }
}

/// Runs what reads or writes files beside the log.
func filing<T>(_ body: () throws(DiskError) -> T) throws(ProofError) -> T {
  do throws(DiskError) { return try body() } catch { throw .files(error.description) }
}
