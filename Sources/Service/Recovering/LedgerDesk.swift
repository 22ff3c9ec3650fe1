import Dispatch
import Engine
import Kernel
import Log

/// Decides and appends beside the loop, for a log that nobody else writes.
struct LedgerDesk {
  let store: any LogStore
  private(set) var state: LedgerState

  init(_ store: any LogStore) throws(StoreError) {
    self.store = store
    state = try NonceEvidence.fold(store)
  }

  /// Takes in what was appended by others meanwhile.
  mutating func look() throws(StoreError) { state = try NonceEvidence.fold(store) }

  /// Asks for a fact; false where it is one already.
  @discardableResult
  mutating func ask(
    _ command: LedgerCommand, by actor: String
  ) throws(RotationError) -> Bool {
    let now = Weir.clock()
    switch state.decide(command, at: now) {
    case .ignore: return false
    case .refuse(let why): throw .refused("the ledger refuses it: \(why.text)")
    case .accept(let events):
      // By the head: what is asked again after a crash is asked of another log.
      let proposal = Proposal(
        command: .composed("wallet", "rotate", HexText.of(store.head.hash)),
        digest: CommandDigest.of(command), actor: actor, at: now, events: events)
      do throws(StoreError) { _ = try store.append([proposal]) } catch { throw .store(error) }
      for event in events { state.evolve(event) }
      return true
    }
  }
}

/// Runs what waits for the outside to its end, on a thread that may block.
func waiting<T: Sendable, E: Error>(
  _ body: @escaping @Sendable () async throws(E) -> T
) throws(E) -> T {
  let (outcome, done) = (Box<Result<T, E>?>(nil), DispatchSemaphore(value: 0))
  Task {
    do throws(E) {
      outcome.value = .success(try await body())
    } catch { outcome.value = .failure(error) }
    done.signal()
  }
  done.wait()
  switch outcome.value {
  case .success(let value): return value
  case .failure(let error): throw error
  case nil: preconditionFailure("waited for nothing")
  }
}
