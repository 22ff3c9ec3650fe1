import CCurl
import Synchronization

/// One call: what libcurl is told, what it reports, and the outcome read from both.
///
/// Its maker hands it to the loop; from then on only the loop's thread touches it.
// Unchecked: everything but `isCancelled` has one owner at a time, the maker, then the loop's
// thread; the inbox's lock lies between them.
final class Transfer: @unchecked Sendable {
  let isCancelled = Atomic<Bool>(false)
  var then: (@Sendable (CallOutcome) -> Void)?
  private(set) var handle: UnsafeMutableRawPointer?

  private let request: HTTPClientRequest
  private var lines: UnsafeMutablePointer<curl_slist>?
  private var bodyOffset = 0
  private var status = 0
  private var headers = HTTPHeaders()
  private var headerBytes = 0
  private var body: [UInt8] = []
  private var isTooLarge = false

  private static let maximumHeaderBytes = 64 * 1024

  /// When the whole call must be over, on the monotonic clock.
  private(set) var deadline = Int64.max

  init(_ request: HTTPClientRequest) {
    self.request = request
  }

  /// Starts the call's time.
  func startClock() {
    deadline = monotonicMilliseconds() + Int64(clamping: min(request.timeoutMilliseconds, 1 << 40))
  }

  deinit { dispose() }

  /// Makes libcurl's handle; the transfer must outlive it.
  func prepare(
    certificateAuthorities: String?
  ) -> Result<UnsafeMutableRawPointer, HTTPClientFailure> {
    guard request.isWellFormed else { return .failure(.notSent(.malformedRequest)) }
    guard let easy = curl_easy_init() else { return .failure(.notSent(.localFailure)) }
    handle = easy
    guard shim_curl_set_text(easy, CURLOPT_URL, request.url) == CURLE_OK,
      shim_curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK,
      appendHeaders(easy)
    else { return .failure(.notSent(.localFailure)) }
    shim_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    shim_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
    shim_curl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
    shim_curl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    shim_curl_set_text(easy, CURLOPT_PROXY, "")
    shim_curl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
    shim_curl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
    shim_curl_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let file = certificateAuthorities {
      guard shim_curl_set_text(easy, CURLOPT_CAINFO, file) == CURLE_OK else {
        return .failure(.notSent(.localFailure))
      }
    }
    shim_curl_set_long(easy, CURLOPT_TIMEOUT_MS, request.timeoutMilliseconds)
    shim_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeoutMilliseconds)
    shim_curl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
    // The longer a connection was idle, the likelier the other end has dropped it unseen.
    shim_curl_set_long(easy, CURLOPT_MAXAGE_CONN, 30)
    let context = Unmanaged.passUnretained(self).toOpaque()
    shim_curl_set_transfer(easy, CURLOPT_WRITEFUNCTION, takeBody)
    shim_curl_set_pointer(easy, CURLOPT_WRITEDATA, context)
    shim_curl_set_transfer(easy, CURLOPT_HEADERFUNCTION, takeHeader)
    shim_curl_set_pointer(easy, CURLOPT_HEADERDATA, context)
    setMethod(easy, context)
    return .success(easy)
  }

  /// Frees libcurl's handle, which must be out of the multi handle by now.
  func dispose() {
    if let handle { curl_easy_cleanup(handle) }
    handle = nil
    curl_slist_free_all(lines)
    lines = nil
    then = nil
  }

  /// True when any byte of the request may have left.
  var hasSent: Bool {
    guard let handle else { return false }
    return shim_curl_get_long(handle, CURLINFO_REQUEST_SIZE) > 0 || status != 0
  }

  private func setMethod(_ easy: UnsafeMutableRawPointer, _ context: UnsafeMutableRawPointer) {
    if request.method == "HEAD" {
      shim_curl_set_long(easy, CURLOPT_NOBODY, 1)
      return
    }
    if request.isSafe, request.body.isEmpty {
      shim_curl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method)
      return
    }
    shim_curl_set_long(easy, CURLOPT_POST, 1)
    shim_curl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method)
    shim_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, request.body.count)
    if request.body.isEmpty {
      // A kept connection that breaks makes libcurl send again. A new one does not.
      shim_curl_set_text(easy, CURLOPT_COPYPOSTFIELDS, "")
      shim_curl_set_long(easy, CURLOPT_FRESH_CONNECT, 1)
    } else {
      // The body comes from a function that can't go back to its start, so libcurl can't send it
      // twice either.
      shim_curl_set_transfer(easy, CURLOPT_READFUNCTION, giveBody)
      shim_curl_set_pointer(easy, CURLOPT_READDATA, context)
    }
  }

  private func appendHeaders(_ easy: UnsafeMutableRawPointer) -> Bool {
    // An empty value takes libcurl's own header away.
    var texts = ["Expect:"]
    if !request.headers.contains("Content-Type") { texts.append("Content-Type:") }
    for field in request.headers.fields {
      texts.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    for text in texts {
      guard let longer = curl_slist_append(lines, text) else { return false }
      lines = longer
    }
    return shim_curl_set_list(easy, CURLOPT_HTTPHEADER, lines) == CURLE_OK
  }
}

extension Transfer {
  /// Copies the body's next bytes for libcurl.
  fileprivate func give(_ space: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(space.count, request.body.count - bodyOffset)
    request.body.withUnsafeBytes { bytes in
      space.copyBytes(from: bytes[bodyOffset..<bodyOffset + count])
    }
    bodyOffset += count
    return count
  }

  /// Takes the answer's next bytes; false stops the call.
  fileprivate func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard body.count + bytes.count <= request.maximumAnswerBytes else {
      isTooLarge = true
      return false
    }
    body.append(contentsOf: bytes)
    return true
  }

  /// Takes one header line; a status line starts over, for an interim answer (1xx) was before it.
  fileprivate func takeLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
    headerBytes += bytes.count
    guard headerBytes <= Transfer.maximumHeaderBytes else {
      isTooLarge = true
      return false
    }
    if bytes.starts(with: "HTTP/".utf8), !bytes.contains(UInt8(ascii: ":")) || headers.count == 0 {
      headers = HTTPHeaders()
      let digits = bytes.drop { $0 != 0x20 }.dropFirst().prefix(3)
      status = Int(String(decoding: digits, as: UTF8.self)) ?? 0
      return true
    }
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return true }
    let value = bytes[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
    let end = value.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? value.startIndex
    headers.add(
      String(decoding: bytes[..<colon], as: UTF8.self),
      String(decoding: value[..<end], as: UTF8.self))
    return true
  }

  /// What a finished transfer comes to.
  func outcome(_ code: CURLcode) -> CallOutcome {
    if code == CURLE_OK {
      return .success(HTTPClientResponse(status: status, headers: headers, body: body))
    }
    return .failure(hasSent ? .unknown(afterSending(code)) : beforeSending(code))
  }

  private func beforeSending(_ code: CURLcode) -> HTTPClientFailure {
    switch code {
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
      return .notSent(.malformedRequest)
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
      return .notSent(.couldNotResolve)
    case CURLE_OPERATION_TIMEDOUT:
      return .notSent(.timedOut)
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
      return .tls(.certificateRefused)
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_USE_SSL_FAILED, CURLE_SSL_CLIENTCERT:
      return .tls(.handshakeFailed)
    case CURLE_COULDNT_CONNECT, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING:
      return .notSent(.couldNotConnect)
    default:
      return .notSent(.localFailure)
    }
  }

  private func afterSending(_ code: CURLcode) -> HTTPClientFailure.Unknown {
    if isTooLarge { return .answerTooLarge }
    switch code {
    case CURLE_OPERATION_TIMEDOUT: return .timedOut
    case CURLE_PARTIAL_FILE: return .answerCutShort
    case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_SEND_FAIL_REWIND, CURLE_COULDNT_CONNECT:
      return .connectionLost
    case CURLE_RECV_ERROR: return status == 0 ? .connectionLost : .answerCutShort
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING:
      return .answerMalformed
    default: return .other
    }
  }
}

private func giveBody(
  _ space: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  return transfer.give(UnsafeMutableRawBufferPointer(start: space, count: size * count))
}

private func takeBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  let arrived = UnsafeRawBufferPointer(start: bytes, count: size * count)
  // Anything but the number of bytes stops the transfer; there may be none to take.
  return transfer.take(arrived) ? arrived.count : -1
}

private func takeHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return transfer.takeLine(line) ? line.count : -1
}
