import Glibc
import Gateways
import HTTP
import JSON
import Synchronization
import Testing

/// A provider's stand-in on loopback: its answers, and what it was asked.
final class Stub: Sendable {
  let url: String
  private let server: HTTPServer
  private let log = Requests()

  private final class Requests: Sendable {
    let all = Mutex<[HTTPRequest]>([])
  }

  init(answering answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse) throws {
    let log = log
    let address = HTTPAddress(host: "127.0.0.1", port: 0)
    server = try HTTPServer(listen: address) { request, responder in
      log.all.withLock { $0.append(request) }
      responder.send(answer(request))
    }
    url = "http://127.0.0.1:\(server.port)"
  }

  convenience init(_ body: String, status: Int = 200) throws {
    try self.init { _ in .json(Array(body.utf8), status: status) }
  }

  var requests: [HTTPRequest] { log.all.withLock { $0 } }
}

/// Bytes instead of HTTP: takes one connection after the other, says its piece and closes.
///
/// It stops with its last holder.
final class RawServer: Sendable {
  let url: String
  private let descriptor: Int32

  init(saying piece: String) throws {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> UInt16? in
        guard bind(socket, pointer, length) == 0, listen(socket, 8) == 0,
          getsockname(socket, pointer, &length) == 0
        else { return nil }
        return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          UInt16(bigEndian: $0.pointee.sin_port)
        }
      }
    }
    url = "http://127.0.0.1:\(try #require(port))"
    descriptor = socket
    let work = Work(socket, Array(piece.utf8))
    var thread = pthread_t()
    let context = Unmanaged.passRetained(work).toOpaque()
    pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context)
    pthread_detach(thread)
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  private final class Work {
    let socket: Int32
    let piece: [UInt8]

    init(_ socket: Int32, _ piece: [UInt8]) {
      self.socket = socket
      self.piece = piece
    }

    func run() {
      while true {
        let connection = accept(socket, nil, nil)
        guard connection >= 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        _ = read(connection, &buffer, buffer.count)
        if !piece.isEmpty { _ = send(connection, piece, piece.count, Int32(MSG_NOSIGNAL)) }
        close(connection)
      }
    }
  }
}

/// A port on which nobody listens.
func deadURL() throws -> String {
  let gone = try RawServer(saying: "")
  return gone.url
}

/// The samples of the providers' answers, by provider and name, as they would be sent.
func sample(_ provider: String, _ name: String) throws -> String {
  let file = try JSONValue.parse(Vectors.bytes("provider_samples"))
  let value = try #require(file[provider]?[name])
  return String(decoding: value.written(.asIs), as: UTF8.self)
}

/// How a call failed in one word: `transient`, `unknown`, or the code of a refusal; `none` if not.
func kind<T>(_ call: () async throws -> T) async -> String {
  do {
    _ = try await call()
    return "none"
  } catch GatewayFailure.transient {
    return "transient"
  } catch GatewayFailure.permanent(_, let code) {
    return code.rawValue
  } catch GatewayFailure.unknown {
    return "unknown"
  } catch {
    return "\(error)"
  }
}
