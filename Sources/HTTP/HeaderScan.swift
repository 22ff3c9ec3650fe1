import CMicroHTTPD

/// The headers of one request, copied out with their limits and framing checked.
///
/// libmicrohttpd cuts the read buffer into C strings in place, which hides what lies behind a NUL,
/// takes a bare LF for a line's end and folds lines. All three show in the addresses: each name
/// must begin exactly one CRLF behind the value before it, the first one behind the request line,
/// and the head must end two CRLF behind the last.
struct HeaderScan {
  private(set) var headers = HTTPHeaders()
  private(set) var refusal: HTTPResponse?
  private let limits: HTTPServerLimits
  private var bytes = 0
  /// Where the next name must begin.
  private var expected: UnsafePointer<CChar>

  /// Scans a request whose line is `method`, one space, `target`, one space, `version`.
  init(
    _ connection: OpaquePointer, method: UnsafePointer<CChar>, version: UnsafePointer<CChar>,
    limits: HTTPServerLimits
  ) {
    self.limits = limits
    expected = version + HeaderScan.versionBytes + 2
    withUnsafeMutablePointer(to: &self) { scan in
      _ = shim_mhd_each_header(connection, visitHeader, scan)
    }
    if refusal == nil, expected + 2 != method + shim_mhd_head_size(connection) {
      refusal = .problem(400, "malformed header line")
    }
  }

  private static let versionBytes = 8

  /// Takes one header; false ends the scan.
  fileprivate mutating func visit(
    _ name: UnsafePointer<CChar>, _ nameCount: Int, _ value: UnsafePointer<CChar>,
    _ valueCount: Int
  ) -> Bool {
    guard name == expected else { return refuse(400, "malformed header line") }
    expected = value + valueCount + 2
    bytes += nameCount + valueCount
    guard headers.count < limits.headerCount, nameCount + valueCount <= limits.headerBytes,
      bytes <= limits.allHeaderBytes
    else { return refuse(431, "") }
    let nameBytes = UnsafeRawBufferPointer(start: name, count: nameCount)
    var valueBytes = UnsafeRawBufferPointer(start: value, count: valueCount)[...]
    guard nameCount > 0, nameBytes.allSatisfy(\.isTokenCharacter) else {
      return refuse(400, "malformed header name")
    }
    guard valueBytes.allSatisfy(\.isFieldCharacter) else {
      return refuse(400, "control character in a header")
    }
    while let last = valueBytes.last, last == 0x20 || last == 0x09 { valueBytes.removeLast() }
    headers.add(
      String(decoding: nameBytes, as: UTF8.self), String(decoding: valueBytes, as: UTF8.self))
    return true
  }

  private mutating func refuse(_ status: Int, _ detail: String) -> Bool {
    refusal = .problem(status, detail)
    return false
  }
}

private func visitHeader(
  _ context: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind, _ name: UnsafePointer<CChar>?,
  _ nameCount: Int, _ value: UnsafePointer<CChar>?, _ valueCount: Int
) -> MHD_Result {
  guard let context, let name, let value else { return .NO }
  let scan = context.assumingMemoryBound(to: HeaderScan.self)
  return scan.pointee.visit(name, nameCount, value, valueCount) ? .YES : .NO
}

/// What the headers say about the body.
enum Framing: Equatable {
  case none
  case length(Int)
  case chunked
}

extension HeaderScan {
  /// How the body is framed, or why the request is refused (RFC 9112 section 6.3, made strict).
  static func framing(
    _ headers: HTTPHeaders, isOldVersion: Bool, limits: HTTPServerLimits
  ) -> Result<Framing, Refusal> {
    let lengths = headers.all("Content-Length")
    let codings = headers.all("Transfer-Encoding")
    guard lengths.count + codings.count <= 1 else {
      return .failure(Refusal(.problem(400, "more than one body length")))
    }
    if headers.all("Host").count > 1 {
      return .failure(Refusal(.problem(400, "more than one host")))
    }
    for coding in headers.all("Content-Encoding") where !HTTPHeaders.same(coding, "identity") {
      return .failure(Refusal(.problem(415, "encoded bodies are not taken")))
    }
    if let coding = codings.first {
      guard HTTPHeaders.same(coding, "chunked"), !isOldVersion else {
        return .failure(Refusal(.problem(400, "unknown transfer encoding")))
      }
      return .success(.chunked)
    }
    guard let text = lengths.first else { return .success(.none) }
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return .failure(Refusal(.problem(400, "malformed body length")))
    }
    guard let length = Int(text), length <= limits.bodyBytes else {
      return .failure(Refusal(.problem(413)))
    }
    return .success(length == 0 ? .none : .length(length))
  }
}

/// An answer given in place of handling the request.
struct Refusal: Error {
  let response: HTTPResponse

  init(_ response: HTTPResponse) {
    self.response = response
  }
}
