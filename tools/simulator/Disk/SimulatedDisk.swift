import Glibc
package import Log
package import Synchronization

/// A disk in memory with the manners of a real one: what isn't synced may be lost, sector by sector
/// and name by name, a failed sync forgets what it was about, and any call can fail.
package final class SimulatedDisk: Disk {
  /// What happens at one call.
  package enum Fault: Hashable {
    case power
    /// The call fails; a write has half of its bytes written, a sync leaves its pages clean.
    case error(Int32)
    /// The process is killed; of a write, so many bytes are in memory's pages.
    case kill(Int)
    /// A sync says yes and drops what it was about.
    case lie
    /// A write or a read goes so many sectors beside its place.
    case astray(Int)
    /// A read gives a sector as it was before anything stood there, counted from the read's start.
    case stale(Int)
  }

  package struct Inode {
    package var cache: [UInt8] = []
    package var platter: [UInt8] = []
    package var dirty: Set<Int> = []
    package var isSizeDirty = false
  }

  package struct State {
    package init() {}

    package var inodes: [Inode] = []
    package var names: [String: Int] = [:]
    package var safeNames: [String: Int] = [:]
    var folders: Set<String> = []
    /// Changes of names that no folder's sync has made safe; each survives whole or not at all.
    var unsafe: [Change] = []
    var locks: Set<String> = []
    var calls: [String] = []
    var fault: (at: Int, fault: Fault)?
    /// What the call under way does wrong without saying so.
    var secret: Fault?
    var isOff = false
    var hasLied = false
    /// Bytes of all files together.
    var capacity = Int.max
  }

  /// A name made or taken away, or a file's name changed.
  package struct Change {
    let inode: Int
    let path: String
    var old: String?
    var isRemoval = false

    func apply(to names: inout [String: Int]) {
      if isRemoval {
        if names[path] == inode { names[path] = nil }
        return
      }
      if let old, names[old] == inode { names[old] = nil }
      names[path] = inode
    }
  }

  package static let sector = 512
  package let state: Mutex<State>

  package init(_ state: State = State()) { self.state = Mutex(state) }

  package var calls: [String] { state.withLock { $0.calls } }

  /// Plans a fault for the n-th call from here, counting from 1.
  package func plan(_ fault: Fault, at call: Int) {
    state.withLock { $0.fault = ($0.calls.count + call, fault) }
  }

  /// Bytes of all files together.
  package var size: Int { state.withLock { $0.inodes.reduce(0) { $0 + $1.cache.count } } }

  /// True of one whose process was ended at a call; nothing more is done.
  package var isOff: Bool { state.withLock { $0.isOff } }

  package func hold(_ capacity: Int) { state.withLock { $0.capacity = capacity } }

  /// Whether there is an end to what it holds.
  package var isBounded: Bool { state.withLock { $0.capacity < .max } }

  package func contents(of path: String) -> [UInt8]? {
    state.withLock { state in state.names[path].map { state.inodes[$0].cache } }
  }

  package var paths: [String] { state.withLock { $0.names.keys.sorted() } }

  /// Changes a file behind everybody's back, cache and platter.
  package func tamper(_ path: String, _ change: (inout [UInt8]) -> Void) {
    state.withLock { state in
      guard let inode = state.names[path] else { return }
      change(&state.inodes[inode].cache)
      change(&state.inodes[inode].platter)
    }
  }

  package func rename(behindTheBack path: String, to other: String?) {
    state.withLock { state in
      let inode = state.names.removeValue(forKey: path)
      if let other { state.names[other] = inode }
      state.safeNames = state.names
    }
  }

  package func copy(behindTheBack path: String, to other: String) {
    state.withLock { state in
      guard let inode = state.names[path] else { return }
      state.inodes.append(state.inodes[inode])
      state.names[other] = state.inodes.count - 1
      state.safeNames = state.names
    }
  }

  /// The disk as the next process finds it.
  package func afterKill() -> SimulatedDisk {
    state.withLock { state in
      var next = state
      next.locks = []
      next.calls = []
      next.fault = nil
      next.isOff = false
      return SimulatedDisk(next)
    }
  }

  /// The disk after a power cut: of what wasn't synced, what the dice leave.
  package func afterPowerCut(seed: UInt64) -> SimulatedDisk {
    var dice = Dice(seed: seed)
    let next: State = state.withLock { state in
      var next = State()
      next.folders = state.folders
      // All, nothing, or anything between.
      let keep = [0, 50, 100][dice.below(3)]
      next.names = state.safeNames
      for change in state.unsafe where dice.below(100) < keep { change.apply(to: &next.names) }
      next.safeNames = next.names
      for inode in state.inodes {
        var platter = inode.platter
        if inode.isSizeDirty, dice.below(100) < keep {
          let size = inode.cache.count
          platter = Array(platter.prefix(size))
          platter += [UInt8](repeating: 0, count: size - platter.count)
        }
        for sector in inode.dirty.sorted() where dice.below(100) < keep {
          let start = sector * Self.sector
          let end = min(start + Self.sector, platter.count, inode.cache.count)
          if start < end { platter.replaceSubrange(start..<end, with: inode.cache[start..<end]) }
        }
        next.inodes.append(Inode(cache: platter, platter: platter))
      }
      return next
    }
    return SimulatedDisk(next)
  }

  /// Another disk with a copy of all files, as a process reads them, and all of it safe.
  package func copy() -> SimulatedDisk {
    state.withLock { state in
      var next = State()
      next.folders = state.folders
      next.names = state.names
      next.safeNames = state.names
      next.inodes = state.inodes.map { Inode(cache: $0.cache, platter: $0.cache) }
      return SimulatedDisk(next)
    }
  }

  /// True where a sync has said yes to what it then dropped.
  package var hasLied: Bool { state.withLock { $0.hasLied } }

  static func count(_ state: inout State, _ call: String, _ path: String) -> DiskError? {
    state.calls.append(call)
    state.secret = nil
    if state.isOff { return DiskError(call, path, code: EIO) }
    guard let fault = state.fault, fault.at == state.calls.count else { return nil }
    switch fault.fault {
    case .lie, .astray, .stale:
      state.secret = fault.fault
      return nil
    case .power, .kill:
      state.isOff = true
      return DiskError(call, path, code: EIO)
    case .error(let code): return DiskError(call, path, code: code)
    }
  }

  private func doing<T: Sendable>(
    _ call: String, _ path: String, _ work: (inout State) throws(DiskError) -> T
  ) throws(DiskError) -> T {
    try state.withLock { (state) throws(DiskError) in
      if let error = Self.count(&state, call, path) { throw error }
      return try work(&state)
    }
  }

  package func makeFolder(_ path: String) throws(DiskError) {
    try doing("mkdir", path) { _ = $0.folders.insert(path) }
  }

  package func names(in folder: String) throws(DiskError) -> [String] {
    try doing("readdir", folder) { state in
      state.names.keys.filter { $0.hasPrefix(folder + "/") }
        .map { String($0.dropFirst(folder.utf8.count + 1)) }.sorted()
    }
  }

  package func open(_ path: String, _ mode: OpenMode) throws(DiskError) -> any DiskFile {
    let inode = try doing("open", path) { (state) throws(DiskError) in
      if let inode = state.names[path], mode != .create { return inode }
      guard mode == .create else { throw DiskError("open", path, code: ENOENT) }
      if let inode = state.names[path] {
        state.inodes[inode].cache = []
        state.inodes[inode].isSizeDirty = true
        return inode
      }
      state.inodes.append(Inode())
      state.names[path] = state.inodes.count - 1
      state.unsafe.append(Change(inode: state.inodes.count - 1, path: path))
      return state.inodes.count - 1
    }
    return SimulatedFile(self, inode, path)
  }

  package func rename(_ path: String, to other: String) throws(DiskError) {
    try doing("rename", path) { (state) throws(DiskError) in
      guard let inode = state.names.removeValue(forKey: path) else {
        throw DiskError("rename", path, code: ENOENT)
      }
      state.names[other] = inode
      state.unsafe.append(Change(inode: inode, path: other, old: path))
    }
  }

  package func remove(_ path: String) throws(DiskError) {
    try doing("remove", path) { (state) throws(DiskError) in
      guard let inode = state.names.removeValue(forKey: path) else {
        throw DiskError("remove", path, code: ENOENT)
      }
      state.unsafe.append(Change(inode: inode, path: path, isRemoval: true))
    }
  }

  package func syncFolder(_ path: String) throws(DiskError) {
    try doing("syncFolder", path) { state in
      state.unsafe.removeAll { change in
        guard change.path.hasPrefix(path + "/") else { return false }
        guard !change.path.dropFirst(path.utf8.count + 1).contains("/") else { return false }
        change.apply(to: &state.safeNames)
        return true
      }
    }
  }

  package func lock(_ path: String) throws(DiskError) -> LockOutcome {
    let isTaken = try doing("lock", path) { !$0.locks.insert(path).inserted }
    return isTaken ? .taken(by: "4711") : .held(SimulatedLock(self, path))
  }
}

private final class SimulatedLock: DiskLock {
  let disk: SimulatedDisk
  let path: String

  init(_ disk: SimulatedDisk, _ path: String) {
    self.disk = disk
    self.path = path
  }

  func release() { _ = disk.state.withLock { $0.locks.remove(path) } }
}
