import Glibc

/// Sends prepared requests over kept connections, one under way on each, from one thread.
///
/// Made of bare sockets so that it isn't what is measured: some microseconds a request.
struct LoadClient {
  /// What came of one run.
  struct Outcome: Sendable {
    var answers = 0
    /// Answers of another status than 2xx.
    var failures = 0
    var seconds = 0.0
    /// The client's own processor time.
    var clientSeconds = 0.0
    var latencies = Latencies()

    var rate: Double { Double(answers) / seconds }
  }

  private struct Connection {
    let socket: Int32
    /// Last one first.
    var requests: [[UInt8]]
    var answer: [UInt8] = []
    var since = 0.0
  }

  private var connections: [Connection] = []
  /// One for each connection, in the same order.
  private var polled: [pollfd] = []
  private var outcome = Outcome()
  private var open = 0

  /// Opens one connection for each list of requests, which it sends in order; to one server after
  /// another, where there are several.
  static func run(ports: [Int], _ requests: [[[UInt8]]]) throws(BenchFailure) -> Outcome {
    var client = try LoadClient(ports, requests)
    defer { client.close() }
    let (start, cpu) = (Stopwatch.wall(), Stopwatch.thread())
    for number in client.connections.indices { try client.sendNext(number) }
    try client.drain()
    client.outcome.seconds = Stopwatch.wall() - start
    client.outcome.clientSeconds = Stopwatch.thread() - cpu
    return client.outcome
  }

  private init(_ ports: [Int], _ requests: [[[UInt8]]]) throws(BenchFailure) {
    for (number, list) in requests.enumerated() {
      let socket = try Self.connect(ports[number % ports.count])
      connections.append(Connection(socket: socket, requests: list.reversed()))
      polled.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0))
    }
  }

  private func close() {
    for connection in connections { Glibc.close(connection.socket) }
  }

  private static func connect(_ port: Int) throws(BenchFailure) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw BareFile.failure("socket", "") }
    var yes: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, UInt32(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let size = UInt32(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) }
    }
    guard code == 0 else {
      Glibc.close(descriptor)
      throw BareFile.failure("connect", "127.0.0.1:\(port)")
    }
    return descriptor
  }

  /// Sends the connection's next request, or leaves it be when there is none.
  private mutating func sendNext(_ number: Int) throws(BenchFailure) {
    guard let request = connections[number].requests.popLast() else { return }
    open += 1
    connections[number].answer.removeAll(keepingCapacity: true)
    connections[number].since = Stopwatch.wall()
    var rest = request[...]
    while !rest.isEmpty {
      let socket = connections[number].socket
      let count = rest.withUnsafeBytes {
        send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 || errno == EINTR else { throw BareFile.failure("send", "") }
      rest = rest.dropFirst(max(0, count))
    }
  }

  private mutating func drain() throws(BenchFailure) {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while open > 0 {
      let count = poll(&polled, nfds_t(polled.count), 20_000)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .failed("no answer for 20 seconds") }
      for number in polled.indices where polled[number].revents != 0 {
        try receive(number, &buffer)
      }
    }
  }

  private mutating func receive(_ number: Int, _ buffer: inout [UInt8]) throws(BenchFailure) {
    let count = recv(connections[number].socket, &buffer, buffer.count, 0)
    guard count > 0 else { throw .failed("the server closed a connection") }
    connections[number].answer += buffer.prefix(count)
    guard let status = Self.status(connections[number].answer) else { return }
    outcome.latencies.add(Stopwatch.wall() - connections[number].since)
    outcome.answers += 1
    if status / 100 != 2 { outcome.failures += 1 }
    open -= 1
    try sendNext(number)
  }

  /// The status of an answer that is there whole; nil while it isn't.
  static func status(_ bytes: [UInt8]) -> Int? {
    guard let end = place(of: "\r\n\r\n", in: bytes), end > 12,
      let status = Int(String(decoding: bytes[9..<12], as: UTF8.self))
    else { return nil }
    guard let field = place(of: "\r\ncontent-length:", in: bytes) else { return status }
    let digits = bytes[(field + 17)...].drop { $0 == 0x20 }.prefix { $0 >= 48 && $0 <= 57 }
    let length = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    return bytes.count >= end + 4 + length ? status : nil
  }

  /// Where a text of small letters first stands, in any case of letters.
  private static func place(of text: StaticString, in bytes: [UInt8]) -> Int? {
    let count = text.utf8CodeUnitCount
    guard bytes.count >= count else { return nil }
    return (0...bytes.count - count).first { start in
      (0..<count).allSatisfy { index in
        let byte = bytes[start + index]
        return (65...90).contains(byte)
          ? byte | 0x20 == text.utf8Start[index] : byte == text.utf8Start[index]
      }
    }
  }
}
