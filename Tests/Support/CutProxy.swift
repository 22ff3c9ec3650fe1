import Foundation
import Glibc
import Synchronization

/// Stands between a store in PostgreSQL and its server, and cuts the line at an append.
public final class CutProxy: Sendable {
  public enum Cut: CaseIterable, Sendable {
    /// The server never gets the request.
    case before
    /// The server answers, and nobody hears it.
    case after
    /// The server gets the request when the one behind it has been answered.
    case late
  }

  private struct State {
    var cuts: [Cut] = []
    var late: (bytes: [UInt8], server: Int32)?
    var made = 0
    var isBroken = false
  }

  public let port: Int
  private let server: Int
  private let listener: Int32
  private let state = Mutex(State())

  public init(to server: Int) {
    self.server = server
    port = FreePort.next()
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let bound = Loopback.with(port) { bind(listener, $0, $1) }
    precondition(bound == 0 && listen(listener, 8) == 0, "the proxy can't listen")
    onThread { proxy in
      while true {
        let client = accept(proxy.listener, nil, nil)
        guard client >= 0 else { return }
        proxy.onThread { $0.serve(client) }
      }
    }
  }

  /// Ends the listening, and with it the proxy.
  public func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// The next appends' fates, in order; those behind them go through.
  public func cut(_ cuts: [Cut]) { state.withLock { $0.cuts = cuts } }

  /// How many connections came.
  public var connections: Int { state.withLock { $0.made } }

  /// Whether all connections are refused, as by a server that is gone.
  public func setBroken(_ isBroken: Bool) { state.withLock { $0.isBroken = isBroken } }

  private func serve(_ client: Int32) {
    let isBroken = state.withLock { state in
      state.made += 1
      return state.isBroken
    }
    let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard !isBroken, Loopback.with(server, { connect(upstream, $0, $1) }) == 0 else {
      close(client)
      close(upstream)
      return
    }
    // What the server says goes back as it comes, until an answer is to be lost.
    let isMute = Flag()
    onThread { _ in
      while let bytes = Loopback.some(upstream) {
        if isMute.value {
          isMute.heard.signal()
        } else if !Loopback.send(bytes, to: client) {
          break
        }
      }
      shutdown(client, Int32(SHUT_RDWR))
    }
    while let bytes = Loopback.some(client) {
      // The call, by its statement's name; parsing it is none.
      let isAppend =
        bytes.first == UInt8(ascii: "B") && bytes.firstRange(of: Array("weir.append(".utf8)) != nil
      let cut = isAppend ? state.withLock { $0.cuts.isEmpty ? nil : $0.cuts.removeFirst() } : nil
      switch cut {
      case nil:
        _ = Loopback.send(bytes, to: upstream)
        if isAppend { deliverLate() }
      case .before:
        shutdown(upstream, Int32(SHUT_RDWR))
        shutdown(client, Int32(SHUT_RDWR))
      case .after:
        isMute.value = true
        _ = Loopback.send(bytes, to: upstream)
        isMute.heard.wait()
        shutdown(client, Int32(SHUT_RDWR))
        shutdown(upstream, Int32(SHUT_RDWR))
      case .late:
        isMute.value = true
        state.withLock { $0.late = (bytes, upstream) }
        shutdown(client, Int32(SHUT_RDWR))
      }
    }
  }

  /// Lets the held request follow the one that was just sent.
  private func deliverLate() {
    let late = state.withLock { state in
      defer { state.late = nil }
      return state.late
    }
    if let late { _ = Loopback.send(late.bytes, to: late.server) }
  }

  private final class Flag: Sendable {
    private let flag = Mutex(false)
    let heard = DispatchSemaphore(value: 0)
    var value: Bool {
      get { flag.withLock { $0 } }
      set { flag.withLock { $0 = newValue } }
    }
  }

  private func onThread(_ work: @escaping @Sendable (CutProxy) -> Void) {
    Thread { [self] in work(self) }.start()
  }
}
