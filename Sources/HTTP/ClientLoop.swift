import CCurl
import Synchronization

typealias CallOutcome = Result<HTTPClientResponse, HTTPClientFailure>

/// The client's thread: takes calls and cancellations from an inbox, drives libcurl, ends calls.
final class ClientLoop: Sendable {
  private struct Inbox {
    var arrived: [Transfer] = []
    var cancelled: [Transfer] = []
    /// Calls taken and not ended.
    var calls = 0
    var isClosed = false
    /// False once the thread has let go of the multi handle: no more wake-ups.
    var isRunning = false
  }

  private static let pollMilliseconds: Int64 = 1000
  private static let isCurlReady = shim_curl_start() == CURLE_OK

  private let inbox = Mutex(Inbox())
  private let limits: HTTPClientLimits
  // Only the thread uses it, but for `curl_multi_wakeup`, which any thread may call; `isRunning`
  // guards against a wake-up after its end.
  private nonisolated(unsafe) let multi: UnsafeMutableRawPointer?

  init(_ limits: HTTPClientLimits) {
    precondition(signalPipeIsIgnored, "SIGPIPE can't be ignored")
    self.limits = limits
    guard ClientLoop.isCurlReady, let multi = curl_multi_init() else {
      multi = nil
      return
    }
    self.multi = multi
    shim_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.connections)
    shim_curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, limits.connectionsPerHost)
    shim_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, limits.connections)
    inbox.withLock { $0.isRunning = true }
    // The thread keeps the loop alive until `close`.
    guard let thread = NativeThread({ self.run() }) else {
      inbox.withLock { $0.isRunning = false }
      curl_multi_cleanup(multi)
      return
    }
    thread.detach()
  }

  func submit(_ transfer: Transfer, _ then: @escaping @Sendable (CallOutcome) -> Void) {
    let refusal: HTTPClientFailure? = inbox.withLock { inbox in
      guard inbox.isRunning else { return .notSent(.localFailure) }
      guard !inbox.isClosed else { return .notSent(.clientClosed) }
      guard inbox.calls < limits.calls else { return .notSent(.tooManyCalls) }
      inbox.calls += 1
      transfer.then = then
      transfer.startClock()
      inbox.arrived.append(transfer)
      wake()
      return nil
    }
    if let refusal { then(.failure(refusal)) }
  }

  /// Remembered by the transfer itself, so that it may come before `submit`.
  func cancel(_ transfer: Transfer) {
    transfer.isCancelled.store(true, ordering: .sequentiallyConsistent)
    inbox.withLock { inbox in
      guard inbox.isRunning else { return }
      inbox.cancelled.append(transfer)
      wake()
    }
  }

  /// Ends every call and then the thread.
  func close() {
    inbox.withLock { inbox in
      inbox.isClosed = true
      if inbox.isRunning { wake() }
    }
  }

  /// Called with the inbox locked, while `isRunning`.
  private func wake() {
    if let multi { curl_multi_wakeup(multi) }
  }

  private func run() {
    guard let multi else { return }
    var active: [UnsafeMutableRawPointer: Transfer] = [:]
    var nextDeadline = Int64.max
    while true {
      let (arrived, cancelled, isClosed) = inbox.withLock { inbox in
        defer {
          inbox.arrived = []
          inbox.cancelled = []
        }
        return (inbox.arrived, inbox.cancelled, inbox.isClosed)
      }
      for transfer in arrived {
        begin(transfer, multi, &active)
        nextDeadline = min(nextDeadline, transfer.deadline)
      }
      for transfer in cancelled {
        abort(transfer, multi, &active, sent: .cancelled, unsent: .cancelled)
      }
      if isClosed { break }
      var running: Int32 = 0
      curl_multi_perform(multi, &running)
      var code = CURLE_OK
      while let handle = shim_curl_multi_next_done(multi, &code) {
        curl_multi_remove_handle(multi, handle)
        if let transfer = active.removeValue(forKey: handle) {
          end(transfer, transfer.outcome(code))
        }
      }
      let now = monotonicMilliseconds()
      if nextDeadline <= now { nextDeadline = endLate(now, multi, &active) }
      let wait = min(ClientLoop.pollMilliseconds, max(1, nextDeadline - now))
      curl_multi_poll(multi, nil, 0, Int32(wait), nil)
    }
    for transfer in Array(active.values) {
      abort(transfer, multi, &active, sent: .clientClosed, unsent: .clientClosed)
    }
    inbox.withLock { $0.isRunning = false }
    curl_multi_cleanup(multi)
  }

  private func begin(
    _ transfer: Transfer, _ multi: UnsafeMutableRawPointer,
    _ active: inout [UnsafeMutableRawPointer: Transfer]
  ) {
    guard !transfer.isCancelled.load(ordering: .sequentiallyConsistent) else {
      return end(transfer, .failure(.notSent(.cancelled)))
    }
    switch transfer.prepare(certificateAuthorities: limits.certificateAuthorities) {
    case .failure(let failure):
      end(transfer, .failure(failure))
    case .success(let handle):
      guard curl_multi_add_handle(multi, handle) == CURLM_OK else {
        return end(transfer, .failure(.notSent(.localFailure)))
      }
      active[handle] = transfer
    }
  }

  /// Ends the calls whose time is up; returns when the next one's will be.
  ///
  /// libcurl's own timeout starts only once a call has its connection: it leaves the ones alone
  /// that wait for a free one.
  private func endLate(
    _ now: Int64, _ multi: UnsafeMutableRawPointer,
    _ active: inout [UnsafeMutableRawPointer: Transfer]
  ) -> Int64 {
    for transfer in Array(active.values) where transfer.deadline <= now {
      abort(transfer, multi, &active, sent: .timedOut, unsent: .timedOut)
    }
    return active.values.reduce(Int64.max) { min($0, $1.deadline) }
  }

  private func abort(
    _ transfer: Transfer, _ multi: UnsafeMutableRawPointer,
    _ active: inout [UnsafeMutableRawPointer: Transfer],
    sent: HTTPClientFailure.Unknown, unsent: HTTPClientFailure.NotSent
  ) {
    guard let handle = transfer.handle, active.removeValue(forKey: handle) != nil else { return }
    let hasSent = transfer.hasSent
    curl_multi_remove_handle(multi, handle)
    end(transfer, .failure(hasSent ? .unknown(sent) : .notSent(unsent)))
  }

  private func end(_ transfer: Transfer, _ outcome: CallOutcome) {
    let then = transfer.then
    transfer.dispose()
    inbox.withLock { $0.calls -= 1 }
    then?(outcome)
  }
}
