import Foundation
import Glibc
import Support
import Synchronization

/// Stands between a session and its server, and breaks it at a request of the test's choice.
final class FateProxy: Sendable {
  enum Fate {
    case pass
    /// The server never gets the request.
    case before
    /// The server does what it is asked, and nobody hears of it.
    case after
  }

  let port: Int
  private let server: Int
  private let listener: Int32
  /// Told the request's number and bytes.
  private let fate: @Sendable (Int, [UInt8]) -> Fate

  init(to server: Int, fate: @escaping @Sendable (Int, [UInt8]) -> Fate) {
    self.server = server
    self.fate = fate
    port = FreePort.next()
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let bound = Loopback.with(port) { bind(listener, $0, $1) }
    precondition(bound == 0 && listen(listener, 8) == 0, "the proxy can't listen")
    Thread { [self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        Thread { [self] in serve(client) }.start()
      }
    }.start()
  }

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func serve(_ client: Int32) {
    let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard Loopback.with(server, { connect(upstream, $0, $1) }) == 0 else {
      close(client)
      return
    }
    let answers = Answers(upstream, client)
    Thread { answers.run() }.start()
    var number = 0
    while let bytes = Loopback.some(client) {
      number += 1
      let fate = fate(number, bytes)
      if case .before = fate { break }
      if case .after = fate { answers.mute() }
      guard Loopback.send(bytes, to: upstream) else { break }
      if case .after = fate {
        answers.wait()
        break
      }
    }
    shutdown(client, Int32(SHUT_RDWR))
    shutdown(upstream, Int32(SHUT_RDWR))
  }

  /// What the server says goes back as it comes, until it is to be lost.
  private final class Answers: Sendable {
    private let isMute = Mutex(false)
    private let heard = DispatchSemaphore(value: 0)
    private let upstream: Int32
    private let client: Int32

    init(_ upstream: Int32, _ client: Int32) {
      self.upstream = upstream
      self.client = client
    }

    func mute() { isMute.withLock { $0 = true } }
    /// Until the server has said something; it says nothing to a part of a COPY.
    func wait() { _ = heard.wait(timeout: .now() + 2) }

    func run() {
      while let bytes = Loopback.some(upstream) {
        if isMute.withLock({ $0 }) {
          heard.signal()
        } else if !Loopback.send(bytes, to: client) {
          break
        }
      }
      heard.signal()
      shutdown(client, Int32(SHUT_RDWR))
    }
  }
}
