import Foundation
import HTTP
import Kernel
import Log

/// The built web app: a folder's files, read once, served from memory.
///
/// What isn't in the table is not there, however a path is written (HT-13). A browser that asks for
/// a page of the app gets `index.html`, which finds its own way; at `/` one that isn't signed in
/// gets `home.html`, where there is one, whose words stand there before any script runs.
public struct StaticFiles: Sendable {
  /// Why a folder can't be served.
  public struct Failure: Error, Sendable { public let words: String }

  private struct File: Sendable {
    let type: String
    let tag: String
    let isHashed: Bool
    var body: [UInt8]
    var gzip: [UInt8]?
    var brotli: [UInt8]?
  }

  private let files: [String: File]
  private let isSecure: Bool

  /// Bytes of all files together.
  private static let most = 64 << 20
  private static let types = [
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8", "mjs": "text/javascript; charset=utf-8",
    "json": "application/json", "svg": "image/svg+xml", "png": "image/png",
    "ico": "image/x-icon", "webp": "image/webp", "woff2": "font/woff2",
    "webmanifest": "application/manifest+json", "txt": "text/plain; charset=utf-8",
    "map": "application/json",
  ]
  private static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    + "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    + "form-action 'self'; frame-ancestors 'none'"
  /// No page of the app begins with these.
  private static let others: Set = [
    "api", "webhooks", ".well-known", "health", "ready", "metrics",
  ]

  /// Reads a folder with `index.html` in it; hidden files and those of unknown kinds are left out.
  ///
  /// - Parameter isSecure: Whether browsers reach us by https, and are to use nothing else.
  public init(folder: String, isSecure: Bool) throws(Failure) {
    var files: [String: File] = [:]
    var packed: [(name: String, kind: String, bytes: [UInt8])] = []
    var left = Self.most
    let walk = FileManager.default.subpaths(atPath: folder) ?? []
    for path in walk.sorted()
    where !path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
      guard let bytes = FileManager.default.contents(atPath: folder + "/" + path) else { continue }
      left -= bytes.count
      guard left >= 0 else { throw Failure(words: "\(folder) holds more than 64 MiB") }
      let kind = String(path.split(separator: ".").last ?? "")
      if kind == "gz" || kind == "br" {
        packed.append((String(path.dropLast(3)), kind, [UInt8](bytes)))
      } else if let type = Self.types[kind] {
        let hash = HexText.of(SHA256.digest(of: [UInt8](bytes)).prefix(16))
        files[path] = File(
          type: type, tag: hash, isHashed: Self.isHashed(path), body: [UInt8](bytes))
      }
    }
    for (name, kind, bytes) in packed {
      if kind == "gz" { files[name]?.gzip = bytes } else { files[name]?.brotli = bytes }
    }
    guard files["index.html"] != nil else {
      throw Failure(words: "\(folder) has no index.html")
    }
    self.files = files
    self.isSecure = isSecure
  }

  /// Whether a name changes with its content: `name-8CHARS.ext` or `name.8CHARS.ext`, the mark of 8
  /// or more letters and digits, and a digit among them.
  static func isHashed(_ path: String) -> Bool {
    guard let name = path.split(separator: "/").last, let dot = name.lastIndex(of: ".") else {
      return false
    }
    let stem = name[..<dot]
    guard let mark = stem.lastIndex(where: { $0 == "-" || $0 == "." }) else { return false }
    let hash = stem[stem.index(after: mark)...]
    return hash.utf8.count >= 8 && hash.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
      && hash.contains(where: \.isNumber)
  }

  /// The file a request is for, or the app's page; nil for what is neither.
  func answer(_ request: HTTPRequest) -> HTTPResponse? {
    guard ["GET", "HEAD"].contains(request.method) else { return nil }
    let path = request.segments.joined(separator: "/")
    if !path.isEmpty, let file = files[path] { return answer(request, file) }
    let accept = request.headers["Accept"] ?? ""
    guard !Self.others.contains(request.segments.first ?? ""), accept.contains("text/html"),
      let index = files["index.html"]
    else { return nil }
    guard path.isEmpty, let home = files["home.html"] else { return answer(request, index) }
    var response = answer(request, Self.isSignedIn(request) ? index : home)
    response.headers.add("Vary", "Cookie")
    return response
  }

  /// A guess by the cookie that scripts may read; what is shown of anybody the API decides.
  private static func isSignedIn(_ request: HTTPRequest) -> Bool {
    request.headers.all("Cookie").contains { $0.contains("weir_csrf=") }
  }

  private func answer(_ request: HTTPRequest, _ file: File) -> HTTPResponse {
    var headers: HTTPHeaders = [
      "Content-Security-Policy": Self.policy,
      "Cache-Control": file.isHashed ? "public, max-age=31536000, immutable" : "no-cache",
      "ETag": "\"\(file.tag)\"", "Vary": "Accept-Encoding",
    ]
    if isSecure { headers.add("Strict-Transport-Security", "max-age=31536000") }
    let known = request.headers["If-None-Match"] ?? ""
    if known.contains("\"\(file.tag)\"") { return HTTPResponse.empty(304, headers: headers) }
    headers.add("Content-Type", file.type)
    let codings = Set(
      (request.headers["Accept-Encoding"] ?? "").split(separator: ",").map(\.trimmed))
    if let brotli = file.brotli, codings.contains("br") {
      headers.add("Content-Encoding", "br")
      return HTTPResponse(status: 200, headers: headers, body: brotli)
    }
    if let gzip = file.gzip, codings.contains("gzip") {
      headers.add("Content-Encoding", "gzip")
      return HTTPResponse(status: 200, headers: headers, body: gzip)
    }
    return HTTPResponse(status: 200, headers: headers, body: file.body)
  }
}
