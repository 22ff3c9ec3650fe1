import Log

/// Two disks under one root: what lies at the witness's place is on the other one, which no trouble
/// of the first can reach.
struct TwoDisks: Disk {
  /// Where the other one begins.
  static let witness = "/witness"

  let own: SimulatedDisk
  let other: SimulatedDisk

  private func disk(of path: String) -> SimulatedDisk {
    path.hasPrefix(Self.witness) ? other : own
  }

  func makeFolder(_ path: String) throws(DiskError) { try disk(of: path).makeFolder(path) }
  func names(in folder: String) throws(DiskError) -> [String] {
    try disk(of: folder).names(in: folder)
  }
  func open(_ path: String, _ mode: OpenMode) throws(DiskError) -> any DiskFile {
    try disk(of: path).open(path, mode)
  }
  func rename(_ path: String, to other: String) throws(DiskError) {
    try disk(of: path).rename(path, to: other)
  }
  func remove(_ path: String) throws(DiskError) { try disk(of: path).remove(path) }
  func syncFolder(_ path: String) throws(DiskError) { try disk(of: path).syncFolder(path) }
  func lock(_ path: String) throws(DiskError) -> LockOutcome { try disk(of: path).lock(path) }
}
