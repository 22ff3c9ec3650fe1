import Glibc
import Log
import Synchronization

/// An open file of the simulated disk.
final class SimulatedFile: DiskFile {
  let disk: SimulatedDisk
  let inode: Int
  let path: String

  init(_ disk: SimulatedDisk, _ inode: Int, _ path: String) {
    self.disk = disk
    self.inode = inode
    self.path = path
  }

  func size() throws(DiskError) -> UInt64 {
    try disk.state.withLock { (state) throws(DiskError) in
      if let error = SimulatedDisk.count(&state, "size", path) { throw error }
      return UInt64(state.inodes[inode].cache.count)
    }
  }

  func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(DiskError) -> Int {
    nonisolated(unsafe) let buffer = buffer  // Stays on this thread.
    return try disk.state.withLock { (state) throws(DiskError) in
      if let error = SimulatedDisk.count(&state, "read", path) { throw error }
      let cache = state.inodes[inode].cache
      let offset = state.place(of: offset)
      guard offset < cache.count else { return 0 }
      let bytes = cache[offset...].prefix(buffer.count)
      buffer.copyBytes(from: bytes)
      if case .stale(let sector) = state.secret {
        let start = sector * SimulatedDisk.sector % max(1, bytes.count)
        for index in start..<min(bytes.count, start + SimulatedDisk.sector) { buffer[index] = 0 }
      }
      return bytes.count
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(DiskError) {
    let bytes = [UInt8](bytes)
    try disk.state.withLock { (state) throws(DiskError) in
      if let error = SimulatedDisk.count(&state, "write", path) {
        if !state.isOff || state.calls.count == state.fault?.at {
          var count = bytes.count / 2
          if case .kill(let some) = state.fault?.fault { count = some % (bytes.count + 1) }
          put(Array(bytes.prefix(count)), Int(offset), &state)
        }
        throw error
      }
      let offset = state.place(of: offset)
      let growth = max(0, offset + bytes.count - state.inodes[inode].cache.count)
      guard state.inodes.reduce(growth, { $0 + $1.cache.count }) <= state.capacity else {
        throw DiskError("write", path, code: ENOSPC)
      }
      put(bytes, offset, &state)
    }
  }

  private func put(_ bytes: [UInt8], _ start: Int, _ state: inout SimulatedDisk.State) {
    guard !bytes.isEmpty else { return }
    let end = start + bytes.count
    let count = state.inodes[inode].cache.count
    if end > count {
      state.inodes[inode].cache += [UInt8](repeating: 0, count: end - count)
      state.inodes[inode].isSizeDirty = true
    }
    state.inodes[inode].cache.replaceSubrange(start..<end, with: bytes)
    for sector in start / SimulatedDisk.sector...(end - 1) / SimulatedDisk.sector {
      state.inodes[inode].dirty.insert(sector)
    }
  }

  func sync() throws(DiskError) {
    try disk.state.withLock { (state) throws(DiskError) in
      if let error = SimulatedDisk.count(&state, "sync", path) {
        if !state.isOff { state.inodes[inode].dirty = [] }
        throw error
      }
      let isLying = state.secret == .lie
      if isLying, !state.inodes[inode].dirty.isEmpty { state.hasLied = true }
      if !isLying { state.inodes[inode].sync() }
      state.inodes[inode].dirty = []
      if !isLying { state.inodes[inode].isSizeDirty = false }
    }
  }

  func truncate(to size: UInt64) throws(DiskError) {
    try disk.state.withLock { (state) throws(DiskError) in
      if let error = SimulatedDisk.count(&state, "truncate", path) { throw error }
      let old = state.inodes[inode].cache
      let grown = max(0, Int(size) - old.count)
      state.inodes[inode].cache =
        Array(old.prefix(Int(size))) + [UInt8](repeating: 0, count: grown)
      state.inodes[inode].isSizeDirty = true
    }
  }
}

extension SimulatedDisk.State {
  /// Where a read or a write really goes.
  func place(of offset: UInt64) -> Int {
    guard case .astray(let sectors) = secret else { return Int(offset) }
    return max(0, Int(offset) + sectors * SimulatedDisk.sector)
  }
}

extension SimulatedDisk.Inode {
  /// What a sync does: the sectors known to be dirty reach the platter, and no others.
  mutating func sync() {
    let size = cache.count
    if platter.count > size { platter.removeLast(platter.count - size) }
    if platter.count < size { platter += [UInt8](repeating: 0, count: size - platter.count) }
    for sector in dirty {
      let start = sector * SimulatedDisk.sector
      let end = min(start + SimulatedDisk.sector, size)
      if start < end { platter.replaceSubrange(start..<end, with: cache[start..<end]) }
    }
  }
}
