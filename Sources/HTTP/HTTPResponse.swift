/// An answer; length, date and connection headers are the server's to add.
public struct HTTPResponse: Sendable, Equatable {
  public var status: Int
  public var headers: HTTPHeaders
  public var body: [UInt8]
  /// Goes on behind the headers in place of a body; nil for an answer that is whole.
  public var stream: HTTPStream?

  /// An answer of its parts.
  ///
  /// Status 200 to 599; a header that can't be sent becomes a plain 500.
  public init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer that goes on until the stream is ended.
  public static func stream(_ stream: HTTPStream, headers: HTTPHeaders) -> HTTPResponse {
    var response = HTTPResponse(status: 200, headers: headers)
    response.stream = stream
    return response
  }

  public static func empty(_ status: Int, headers: HTTPHeaders = [:]) -> HTTPResponse {
    HTTPResponse(status: status, headers: headers)
  }

  public static func text(_ text: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: ["Content-Type": "text/plain; charset=utf-8"],
      body: Array(text.utf8))
  }

  /// Bytes that are JSON already.
  public static func json(_ body: [UInt8], status: Int = 200) -> HTTPResponse {
    HTTPResponse(status: status, headers: ["Content-Type": "application/json"], body: body)
  }

  /// A problem document without extensions (RFC 9457), titled with the status' own phrase.
  public static func problem(_ status: Int, _ detail: String = "") -> HTTPResponse {
    var text = #"{"type":"about:blank","title":""# + phrase(status) + #"","status":\#(status)"#
    if !detail.isEmpty {
      text += #","detail":""# + escaped(detail) + "\""
    }
    text += "}"
    return HTTPResponse(
      status: status, headers: ["Content-Type": "application/problem+json"],
      body: Array(text.utf8))
  }

  /// True when it can be put on a wire as it is.
  var isSendable: Bool {
    (200...599).contains(status)
      && headers.fields.allSatisfy {
        $0.name.isToken && $0.value.isFieldValue && !$0.value.utf8.contains(0x09)
      }
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": escaped += "\\\""
      case "\\": escaped += "\\\\"
      case "\u{0}"..."\u{1f}":
        let digits = String(scalar.value, radix: 16)
        escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// The phrase of a status, RFC 9110 section 15; of an unknown one, its class.
  static func phrase(_ status: Int) -> String {
    switch status {
    case 400: return "Bad Request"
    case 401: return "Unauthorized"
    case 403: return "Forbidden"
    case 404: return "Not Found"
    case 405: return "Method Not Allowed"
    case 408: return "Request Timeout"
    case 409: return "Conflict"
    case 411: return "Length Required"
    case 412: return "Precondition Failed"
    case 413: return "Content Too Large"
    case 414: return "URI Too Long"
    case 415: return "Unsupported Media Type"
    case 422: return "Unprocessable Content"
    case 429: return "Too Many Requests"
    case 431: return "Request Header Fields Too Large"
    case 500: return "Internal Server Error"
    case 501: return "Not Implemented"
    case 502: return "Bad Gateway"
    case 503: return "Service Unavailable"
    case 504: return "Gateway Timeout"
    case 505: return "HTTP Version Not Supported"
    case 400..<500: return "Client Error"
    case 500...: return "Server Error"
    default: return "OK"
    }
  }
}
