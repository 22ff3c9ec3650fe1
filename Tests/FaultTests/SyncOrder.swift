/// Holds a trace to the order that a power cut can't break (ST-21, ST-22).
struct SyncOrder {
  private(set) var broken: [String] = []
  private(set) var acknowledged = 0
  private(set) var renames = 0
  /// Files with bytes that no sync has made safe.
  private var dirty: Set<String> = []
  /// Folders with names that no sync has made safe.
  private var unsafe: [String: String] = [:]

  mutating func take(_ call: Strace.Call) {
    guard !call.hasFailed, let path = call.paths.first else {
      if call.name == "write" { acknowledge(call) }
      return
    }
    switch call.name {
    case "pwrite64": if !isLock(path) { dirty.insert(path) }
    case "fdatasync", "fsync":
      dirty.remove(path)
      unsafe[path] = nil
    case "mkdir": change(path, call)
    case "openat": if call.text.contains("O_CREAT"), !isLock(path) { change(path, call) }
    case "unlink":
      // Nothing relies on a name's being gone.
      require(unsafe[folder(path)] == nil, "\(call) before the names around it were synced")
    case "rename": rename(path, call.paths[1], call)
    default: break
    }
  }

  private mutating func rename(_ path: String, _ other: String, _ call: Strace.Call) {
    renames += 1
    require(!dirty.contains(path), "\(call) before its contents were synced")
    change(other, call)
  }

  private mutating func acknowledge(_ call: Strace.Call) {
    acknowledged += 1
    let written = dirty.filter { !$0.hasSuffix(".new") }
    require(written.isEmpty, "\(call) before \(written) was synced")
    require(unsafe.isEmpty, "\(call) before \(unsafe.values.sorted()) was synced")
  }

  /// A name changed; one that isn't finished counts for nothing.
  private mutating func change(_ path: String, _ call: Strace.Call) {
    if !path.hasSuffix(".new") { unsafe[folder(path)] = "\(call)" }
  }

  private mutating func require(_ holds: Bool, _ what: String) {
    if !holds { broken.append(what) }
  }

  private func isLock(_ path: String) -> Bool { path.hasSuffix("/lock") }

  private func folder(_ path: String) -> String {
    path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
  }
}
