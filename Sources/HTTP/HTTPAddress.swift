import Glibc

/// Where a server listens: a host (name or numeric address) and a port, 0 for any free one.
public struct HTTPAddress: Sendable, Equatable, CustomStringConvertible {
  public let host: String
  public let port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `host:port`, with an IPv6 address in brackets; nil for anything else.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    var host = text[..<colon]
    let digits = text[text.index(after: colon)...]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty, !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = UInt16(digits)
    else { return nil }
    self.init(host: String(host), port: Int(port))
  }

  public var description: String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}

/// Why a server did not start.
public enum HTTPServerError: Error, Equatable {
  /// The host is no address of this machine, or the port is out of range.
  case addressUnusable(HTTPAddress)
  case addressInUse(HTTPAddress)
  case notPermitted(HTTPAddress)
  /// A system call failed; its `errno`.
  case system(Int32)
  /// libmicrohttpd refused to start: no memory, threads or descriptors left.
  case notStarted
}

/// A bound and listening socket, closed unless it is given away.
struct ListeningSocket: ~Copyable {
  private let descriptor: Int32
  let port: Int

  init(_ address: HTTPAddress, backlog: Int) throws(HTTPServerError) {
    guard (0...65535).contains(address.port) else { throw .addressUnusable(address) }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address.host, String(address.port), &hints, &found) == 0, let first = found
    else { throw .addressUnusable(address) }
    defer { freeaddrinfo(first) }
    let entry = first.pointee
    let kind = entry.ai_socktype | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(entry.ai_family, kind, entry.ai_protocol)
    guard descriptor >= 0 else { throw .system(errno) }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, UInt32(MemoryLayout<Int32>.size))
    guard bind(descriptor, entry.ai_addr, entry.ai_addrlen) == 0,
      listen(descriptor, Int32(backlog)) == 0
    else {
      let cause = errno
      close(descriptor)
      switch cause {
      case EADDRINUSE: throw .addressInUse(address)
      case EACCES, EPERM: throw .notPermitted(address)
      case EADDRNOTAVAIL: throw .addressUnusable(address)
      default: throw .system(cause)
      }
    }
    self.descriptor = descriptor
    self.port = ListeningSocket.port(of: descriptor)
  }

  deinit { close(descriptor) }

  /// Hands the descriptor to a new owner.
  consuming func giveAway() -> Int32 {
    let descriptor = descriptor
    discard self
    return descriptor
  }

  private static func port(of descriptor: Int32) -> Int {
    var storage = sockaddr_storage()
    var length = UInt32(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      let address = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
      guard getsockname(descriptor, address, &length) == 0 else { return 0 }
      // The port lies at the same place in the addresses of both families.
      let raw = UnsafeRawPointer(pointer)
      return Int(UInt16(bigEndian: raw.load(fromByteOffset: 2, as: UInt16.self)))
    }
  }
}

/// The numeric address of a connected socket's other end; empty when it has none.
func remoteAddress(of descriptor: Int32) -> String {
  var storage = sockaddr_storage()
  var length = UInt32(MemoryLayout<sockaddr_storage>.size)
  var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
  let found = withUnsafeMutablePointer(to: &storage) { pointer in
    let address = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
    return getpeername(descriptor, address, &length) == 0
      && getnameinfo(address, length, &text, UInt32(text.count), nil, 0, NI_NUMERICHOST) == 0
  }
  guard found else { return "" }
  return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
