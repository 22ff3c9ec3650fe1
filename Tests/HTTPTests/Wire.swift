import Glibc
import Synchronization

/// The longest any test waits for what should come at once; a loaded machine may need a while.
let patienceMilliseconds = 20_000

func now() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}

/// Looks again and again until it is so; false when patience ends.
func eventually(_ isSo: () -> Bool) -> Bool {
  let deadline = now() + patienceMilliseconds
  while !isSo() {
    guard now() < deadline else { return false }
    usleep(2000)
  }
  return true
}

/// Work on a thread of its own; it ends by itself.
func onThread(_ body: @escaping @Sendable () -> Void) {
  final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let work = Unmanaged.passRetained(Work(body))
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, nil,
    { context in
      if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
      return nil
    }, work.toOpaque())
  precondition(failure == 0, "no thread")
  pthread_detach(thread)
}

/// One answer as it stood on the wire.
struct WireAnswer: Equatable {
  let status: Int
  let head: String
  let body: String

  func header(_ name: String) -> String? {
    let prefix = name.lowercased() + ":"
    let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(prefix) }
    return line.map { String($0.dropFirst(prefix.count).drop { $0 == " " }) }
  }
}

/// A bare TCP connection that says what it is told and nothing else.
final class Wire: Sendable {
  private let descriptor: Int32
  private let kept = Mutex<[UInt8]>([])

  /// Takes over a connected socket.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    var yes: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, UInt32(MemoryLayout<Int32>.size))
  }

  /// Connects to a port of 127.0.0.1; nil when nobody listens.
  init?(port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = loopback(port)
    let size = UInt32(MemoryLayout<sockaddr_in>.size)
    let connected = withUnsafePointer(to: &address) {
      connect(descriptor, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), size)
    }
    guard connected == 0 else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Sends what it can; a connection that is gone takes nothing.
  @discardableResult
  func say(_ text: String) -> Bool { say(Array(text.utf8)) }

  @discardableResult
  func say(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// The next answer, its body by Content-Length; nil when the connection ended before one.
  func answer(toHead: Bool = false) -> WireAnswer? {
    guard let head = message(until: "\r\n\r\n") else { return nil }
    let parts = head.split(separator: " ")
    guard parts.count > 1, let status = Int(parts[1]) else { return nil }
    let bare = WireAnswer(status: status, head: head, body: "")
    let length = toHead ? 0 : bare.header("Content-Length").flatMap { Int($0) } ?? 0
    guard let body = take(length) else { return nil }
    return WireAnswer(status: status, head: head, body: body)
  }

  /// A request as it stood on the wire, its body by Content-Length.
  func request() -> (head: String, body: String)? {
    guard let head = message(until: "\r\n\r\n") else { return nil }
    let bare = WireAnswer(status: 0, head: head, body: "")
    guard let body = take(bare.header("Content-Length").flatMap { Int($0) } ?? 0) else {
      return nil
    }
    return (head, body)
  }

  /// True when the other end closes and says nothing more; false when patience ends or it talks.
  func isClosedByPeer() -> Bool {
    kept.withLock { $0.isEmpty } && more() == false && kept.withLock { $0.isEmpty }
  }

  /// Waits until it says this, and drops all up to there; false when it closes or patience ends.
  func says(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    while true {
      let isThere = kept.withLock { kept in
        guard let range = kept.firstRange(of: wanted) else { return false }
        kept.removeFirst(range.upperBound)
        return true
      }
      if isThere { return true }
      guard more() == true else { return false }
    }
  }

  /// Whatever comes until the other end closes.
  func everything() -> String {
    while more() == true {}
    return kept.withLock { String(decoding: $0, as: UTF8.self) }
  }

  private func message(until end: String) -> String? {
    while true {
      let found: String? = kept.withLock { kept in
        let end = Array(end.utf8)
        guard kept.count >= end.count else { return nil }
        for at in 0...(kept.count - end.count) where kept[at] == end[0] {
          guard kept[at..<at + end.count].elementsEqual(end) else { continue }
          let text = String(decoding: kept[..<(at + end.count)], as: UTF8.self)
          kept.removeFirst(at + end.count)
          return text
        }
        return nil
      }
      if let found { return found }
      guard more() == true else { return nil }
    }
  }

  private func take(_ count: Int) -> String? {
    while kept.withLock({ $0.count }) < count {
      guard more() == true else { return nil }
    }
    return kept.withLock { kept in
      defer { kept.removeFirst(count) }
      return String(decoding: kept[..<count], as: UTF8.self)
    }
  }

  /// Reads once: true with bytes, false at the end, nil when patience ends.
  private func more() -> Bool? {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, Int32(patienceMilliseconds)) > 0 else { return nil }
    var space = [UInt8](repeating: 0, count: 16 * 1024)
    let count = recv(descriptor, &space, space.count, 0)
    guard count > 0 else { return false }
    kept.withLock { $0.append(contentsOf: space[..<count]) }
    return true
  }
}

func loopback(_ port: Int) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}
