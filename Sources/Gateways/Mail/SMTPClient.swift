import CCurl

/// Where mail is handed in: a server that takes it over TLS, and who we are to it.
public struct SMTPClient: Sendable {
  /// `smtps://host:465`, or `smtp://host:587`, which then must offer STARTTLS.
  public let url: String
  public let user: String
  public let password: String
  /// Whether TLS may be left out; for tests alone.
  let isPlain: Bool

  public init(url: String, user: String, password: String) {
    self.init(url: url, user: user, password: password, isPlain: false)
  }

  init(url: String, user: String, password: String, isPlain: Bool) {
    self.url = url
    self.user = user
    self.password = password
    self.isPlain = isPlain
  }

  /// Hands a whole message over to one person; blocks for at most a minute.
  ///
  /// Nil where the server took it, else what it or libcurl said, which names no address.
  public func send(_ message: String, from sender: String, to receiver: String) -> String? {
    guard let easy = curl_easy_init() else { return "libcurl has no room" }
    defer { curl_easy_cleanup(easy) }
    let receivers = curl_slist_append(nil, "<\(receiver)>")
    defer { curl_slist_free_all(receivers) }
    let rest = Rest(Array(message.utf8))
    shim_curl_set_text(easy, CURLOPT_URL, url)
    shim_curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    shim_curl_set_text(easy, CURLOPT_PROXY, "")
    shim_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    shim_curl_set_long(
      easy, CURLOPT_USE_SSL, Int(isPlain ? CURLUSESSL_NONE.rawValue : CURLUSESSL_ALL.rawValue))
    shim_curl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
    shim_curl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
    shim_curl_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    shim_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, 15_000)
    shim_curl_set_long(easy, CURLOPT_TIMEOUT_MS, 60_000)
    if !user.isEmpty {
      shim_curl_set_text(easy, CURLOPT_USERNAME, user)
      shim_curl_set_text(easy, CURLOPT_PASSWORD, password)
    }
    shim_curl_set_text(easy, CURLOPT_MAIL_FROM, "<\(sender)>")
    shim_curl_set_list(easy, CURLOPT_MAIL_RCPT, receivers)
    shim_curl_set_long(easy, CURLOPT_UPLOAD, 1)
    shim_curl_set_transfer(easy, CURLOPT_READFUNCTION, giveMessage)
    shim_curl_set_pointer(easy, CURLOPT_READDATA, Unmanaged.passUnretained(rest).toOpaque())
    let code = withExtendedLifetime(rest) { curl_easy_perform(easy) }
    guard code != CURLE_OK else { return nil }
    let status = shim_curl_get_long(easy, CURLINFO_RESPONSE_CODE)
    return String(cString: curl_easy_strerror(code)) + (status > 0 ? ", answer \(status)" : "")
  }
}

/// What of a message hasn't left yet.
private final class Rest {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(room.count, bytes.count - offset)
    room.copyBytes(from: bytes[offset..<(offset + count)])
    offset += count
    return count
  }
}

private func giveMessage(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let bytes, let context else { return 0 }
  let rest = Unmanaged<Rest>.fromOpaque(context).takeUnretainedValue()
  return rest.give(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}
