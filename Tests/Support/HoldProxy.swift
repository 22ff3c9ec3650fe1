import Foundation
import Glibc
import Synchronization

/// Stands between a client and a server over HTTP, and can hold some answers back.
public final class HoldProxy: Sendable {
  public let port: Int
  private let server: Int
  private let asked: [UInt8]
  private let answered: [UInt8]
  private let listener: Int32
  private let isHolding = Mutex(false)

  /// - Parameters:
  ///   - asked: What is in a request whose answer is held, while any are.
  ///   - answered: What is in such an answer.
  public init(to server: Int, asked: String, answered: String) {
    self.server = server
    self.asked = Array(asked.utf8)
    self.answered = Array(answered.utf8)
    port = FreePort.next()
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let bound = Loopback.with(port) { bind(listener, $0, $1) }
    precondition(bound == 0 && listen(listener, 64) == 0, "the proxy can't listen")
    Thread { [self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        Thread { [self] in serve(client) }.start()
      }
    }.start()
  }

  /// Ends the listening, and holds nothing any more.
  public func stop() {
    hold(false)
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// Holds answers from now on, or lets all go.
  public func hold(_ isHolding: Bool) { self.isHolding.withLock { $0 = isHolding } }

  private func serve(_ client: Int32) {
    let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard Loopback.with(server, { connect(upstream, $0, $1) }) == 0 else {
      close(client)
      close(upstream)
      return
    }
    let isMeant = Flag()
    Thread { [self] in
      while let bytes = Loopback.some(upstream) {
        let isHeld = isMeant.value.withLock { $0 } && bytes.firstRange(of: answered) != nil
        while isHeld, isHolding.withLock({ $0 }) { usleep(10_000) }
        guard Loopback.send(bytes, to: client) else { break }
      }
      shutdown(client, Int32(SHUT_RDWR))
    }.start()
    // A connection has one request at a time.
    while let bytes = Loopback.some(client) {
      isMeant.value.withLock { $0 = bytes.firstRange(of: asked) != nil }
      guard Loopback.send(bytes, to: upstream) else { break }
    }
    shutdown(upstream, Int32(SHUT_RDWR))
  }

  private final class Flag: Sendable {
    let value = Mutex(false)
  }
}
