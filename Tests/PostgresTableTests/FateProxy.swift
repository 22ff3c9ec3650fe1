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
    let bound = Self.with(port) { bind(listener, $0, $1) }
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
    guard Self.with(server, { connect(upstream, $0, $1) }) == 0 else {
      close(client)
      return
    }
    let answers = Answers(upstream, client)
    Thread { answers.run() }.start()
    var number = 0
    while let bytes = Self.some(client) {
      number += 1
      let fate = fate(number, bytes)
      if case .before = fate { break }
      if case .after = fate { answers.mute() }
      guard Self.send(bytes, to: upstream) else { break }
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
    func wait() { heard.wait() }

    func run() {
      while let bytes = FateProxy.some(upstream) {
        if isMute.withLock({ $0 }) {
          heard.signal()
        } else if !FateProxy.send(bytes, to: client) {
          break
        }
      }
      heard.signal()
      shutdown(client, Int32(SHUT_RDWR))
    }
  }

  fileprivate static func some(_ socket: Int32) -> [UInt8]? {
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = max(0, recv(socket, buffer.baseAddress, buffer.count, 0))
    }
    return bytes.isEmpty ? nil : bytes
  }

  fileprivate static func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          socket, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  private static func with(
    _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
