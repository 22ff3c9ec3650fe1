import Glibc
import Synchronization

/// The work of sealing, and whose it is.
final class SealingWork: Sendable {
  struct State {
    var sealer: Sealer?
    var thread: pthread_t?
    var isRunning = false
    var isStopped = false
    /// How many raw segments there were when sealing failed: it is tried again when there are more.
    var failedAt = 0
    var trouble: StoreError?
  }

  let folder: LogFolder
  let log: LogID
  let mode: FileStore.Options.Sealing
  let readers = SealedReaders()
  let state = Mutex(State())

  init(_ folder: LogFolder, log: LogID, _ mode: FileStore.Options.Sealing) {
    self.folder = folder
    self.log = log
    self.mode = mode
  }

  /// Ends the work after the step at hand; what was begun is begun anew next time.
  func stop() {
    let thread = state.withLock { state in
      state.isStopped = true
      defer { state.thread = nil }
      return state.thread
    }
    if let thread { pthread_join(thread, nil) }
    state.withLock { state in
      state.sealer?.abandon()
      state.sealer = nil
    }
  }
}

extension FileStore {
  /// What one step of sealing came to.
  public enum SealingStep: Hashable, Sendable {
    /// Nothing is closed that isn't sealed.
    case idle
    case working
    /// Another segment is sealed, and the one it was made of is gone.
    case sealed
  }

  /// Why sealing stopped, where it did: nothing is lost, and it goes on with the next segment.
  public var sealingTrouble: StoreError? { sealing.state.withLock { $0.trouble } }

  /// Does a portion of sealing, the oldest closed segment first; some milliseconds at most.
  ///
  /// Throws what a disk refuses, `full` among it, and `damaged` where the closed segment is: the
  /// log is as it was then, and the segment is begun anew by the next step.
  public func sealStep() throws(StoreError) -> SealingStep {
    try sealing.state.withLock { (state) throws(StoreError) in
      guard !state.isStopped else { return .idle }
      do throws(StoreError) {
        return try step(&state)
      } catch {
        state.sealer?.abandon()
        state.sealer = nil
        state.trouble = error
        throw error
      }
    }
  }

  /// Seals everything that is closed.
  public func sealAll() throws(StoreError) {
    while try sealStep() != .idle {}
  }

  private func step(_ state: inout SealingWork.State) throws(StoreError) -> SealingStep {
    if state.sealer == nil {
      let next = map.withLock { map in
        map.closed.map { ($0, map.index.tables[0].last) }
      }
      guard let (closed, last) = next else { return .idle }
      state.sealer = try Sealer(
        closed, last: last, in: sealing.folder, log: sealing.log, readers: sealing.readers)
    }
    guard let sealed = try state.sealer?.step() else { return .working }
    state.sealer = nil
    state.trouble = nil
    map.withLock { $0.replace(with: sealed) }
    do throws(DiskError) {
      try sealing.folder.disk.remove(
        sealing.folder.path(Segment.Name(first: sealed.first, .raw)))
    } catch {
      // The next opening finds both and removes it.
      throw .unreadable(error.description)
    }
    return .sealed
  }

  /// Sees to it that a thread seals what is closed.
  func sealBeside() {
    guard sealing.mode == .beside else { return }
    let raw = map.withLock { $0.raw.count }
    guard raw > 1 else { return }
    sealing.state.withLock { state in
      guard !state.isRunning, !state.isStopped, raw > state.failedAt else { return }
      if let thread = state.thread { pthread_join(thread, nil) }
      state.thread = nil
      let store = Unmanaged.passRetained(self)
      var thread = pthread_t()
      let failure = pthread_create(
        &thread, nil,
        { context in
          if let context {
            Unmanaged<FileStore>.fromOpaque(context).takeRetainedValue().sealOn()
          }
          return nil
        }, store.toOpaque())
      guard failure == 0 else { return store.release() }
      state.thread = thread
      state.isRunning = true
    }
  }

  /// The thread's work: until nothing is left, or something fails.
  private func sealOn() {
    // The least of all: whoever appends or reads goes first.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
    var failedAt = 0
    do throws(StoreError) {
      while try sealStep() != .idle {}
    } catch {
      failedAt = map.withLock { $0.raw.count }
    }
    sealing.state.withLock { state in
      state.failedAt = failedAt
      state.isRunning = false
    }
  }
}
