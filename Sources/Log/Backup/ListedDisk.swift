/// A disk on which a folder holds some names and no others: a backup as its manifest has it, beside
/// what an older or an unfinished one left.
struct ListedDisk: Disk {
  let disk: any Disk
  let folder: String
  let names: Set<String>

  func names(in folder: String) throws(DiskError) -> [String] {
    let found = try disk.names(in: folder)
    return folder == self.folder ? found.filter(names.contains) : found
  }

  func open(_ path: String, _ mode: OpenMode) throws(DiskError) -> any DiskFile {
    if path.hasPrefix(folder + "/"), !names.contains(String(path.dropFirst(folder.count + 1))) {
      throw DiskError.missing(path)
    }
    return try disk.open(path, mode)
  }

  func makeFolder(_ path: String) throws(DiskError) { try disk.makeFolder(path) }
  func rename(_ path: String, to other: String) throws(DiskError) {
    try disk.rename(path, to: other)
  }
  func remove(_ path: String) throws(DiskError) { try disk.remove(path) }
  func syncFolder(_ path: String) throws(DiskError) { try disk.syncFolder(path) }
  func lock(_ path: String) throws(DiskError) -> LockOutcome { try disk.lock(path) }
}
