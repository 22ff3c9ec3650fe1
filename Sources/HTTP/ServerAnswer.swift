import CMicroHTTPD

/// An answer in libmicrohttpd's hands; ours is dropped when this goes.
struct ServerAnswer: ~Copyable {
  private let raw: OpaquePointer
  private let status: UInt32

  /// Headers of the connection and of lengths are libmicrohttpd's own; nil without memory.
  init?(_ response: HTTPResponse, closes: Bool) {
    let made =
      response.stream.map(ServerAnswer.raw)
      ?? response.body.withUnsafeBytes { shim_mhd_response($0.count, $0.baseAddress) }
    guard let made else { return nil }
    raw = made
    status = UInt32(response.status)
    for field in response.headers.fields where !ServerAnswer.isOwn(field.name) {
      _ = MHD_add_response_header(raw, field.name, field.value)
    }
    if closes { _ = MHD_add_response_header(raw, "Connection", "close") }
  }

  deinit { MHD_destroy_response(raw) }

  private static func raw(_ stream: HTTPStream) -> OpaquePointer? {
    let held = Unmanaged.passRetained(stream)
    let made = MHD_create_response_from_callback(
      UInt64.max, 4096, streamContinues, held.toOpaque(), streamReleased)
    if made == nil { held.release() }
    return made
  }

  func queue(on connection: OpaquePointer) -> MHD_Result {
    MHD_queue_response(connection, status, raw)
  }

  private static func isOwn(_ name: String) -> Bool {
    ["Connection", "Content-Length", "Transfer-Encoding", "Date", "Server"].contains {
      HTTPHeaders.same($0, name)
    }
  }

  /// An answer as bytes, for the one place where libmicrohttpd takes none.
  static func bytes(_ response: HTTPResponse) -> [UInt8] {
    var text = "HTTP/1.1 \(response.status) \(HTTPResponse.phrase(response.status))\r\n"
    for field in response.headers.fields where !isOwn(field.name) {
      text += "\(field.name): \(field.value)\r\n"
    }
    text += "Connection: close\r\nContent-Length: \(response.body.count)\r\n\r\n"
    return Array(text.utf8) + response.body
  }
}
