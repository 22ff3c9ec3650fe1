import Glibc
import Synchronization

/// A listener that plays a script on every connection: the other end of the client's tests.
final class Stub: Sendable {
  let port: Int
  private let state: State

  private final class State: Sendable {
    let descriptor: Int32
    let accepted = Atomic<Int>(0)
    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }
  }

  var url: String { "http://127.0.0.1:\(port)" }

  /// How many connections have come.
  var accepted: Int { state.accepted.load(ordering: .sequentiallyConsistent) }

  init(_ script: @escaping @Sendable (Wire) -> Void) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = loopback(0)
    var size = UInt32(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      let general = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
      return bind(descriptor, general, size) == 0 && listen(descriptor, 64) == 0
        && getsockname(descriptor, general, &size) == 0
    }
    precondition(bound, "no port")
    port = Int(UInt16(bigEndian: address.sin_port))
    let state = State(descriptor)
    self.state = state
    onThread {
      while true {
        let one = accept(state.descriptor, nil, nil)
        guard one >= 0 else { return }
        state.accepted.add(1, ordering: .sequentiallyConsistent)
        onThread { script(Wire(descriptor: one)) }
      }
    }
  }

  deinit { shutdown(state.descriptor, Int32(SHUT_RDWR)) }

  /// A port nobody listens on.
  static func deadPort() -> Int {
    let stub = Stub { _ in }
    let port = stub.port
    withExtendedLifetime(stub) {}
    return port
  }
}

extension Wire {
  /// Reads one request and gives one answer; false when none came.
  @discardableResult
  func serve(_ body: String, status: String = "200 OK", headers: String = "") -> Bool {
    guard request() != nil else { return false }
    let length = "Content-Length: \(body.utf8.count)\r\n"
    return say("HTTP/1.1 \(status)\r\n\(length)\(headers)\r\n\(body)")
  }
}
