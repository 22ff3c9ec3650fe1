import Foundation
import JSON
import Kernel

/// The file of notices that the log doesn't hold, a JSON object a line, the newest last.
///
/// It is for people to look at: a line that can't be written or read costs that line, and a power
/// cut the last ones.
struct NoticeFile: Sendable {
  let path: String

  /// What is in it, the oldest first; lines that aren't entries are passed over.
  func read() -> [NoticeBook.Entry] {
    guard let bytes = try? Data(contentsOf: URL(filePath: path)) else { return [] }
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      (try? JSONValue.parse(Array(line))).flatMap { NoticeBook.Entry(kept: $0) }
    }
  }

  func add(_ entry: NoticeBook.Entry) {
    if let file = FileHandle(forWritingAtPath: path) {
      defer { try? file.close() }
      guard (try? file.seekToEnd()) != nil else { return }
      try? file.write(contentsOf: Self.line(entry))
    } else {
      replace([entry])
    }
  }

  /// Writes the file anew.
  func replace(_ entries: [NoticeBook.Entry]) {
    let bytes = entries.reduce(into: Data()) { $0 += Self.line($1) }
    try? bytes.write(to: URL(filePath: path), options: .atomic)
  }

  private static func line(_ entry: NoticeBook.Entry) -> Data {
    Data(entry.kept.written(.asIs) + [UInt8(ascii: "\n")])
  }
}

extension NoticeBook.Entry {
  fileprivate var kept: JSONValue {
    .object([
      "notice": .integer(number), "at": .string(at.text), "from": .string(from),
      "signature": signature.map(JSONValue.string) ?? .null,
      "outcome": .string(outcome.rawValue), "reason": reason.map(JSONValue.string) ?? .null,
      "bytes": .integer(bytes), "body": .string(Base64URL.text(body)),
    ])
  }

  fileprivate init?(kept: JSONValue) {
    guard let number = kept["notice"]?.integer,
      let at = kept["at"]?.text.flatMap({ Instant(text: $0) }), let from = kept["from"]?.text,
      let outcome = kept["outcome"]?.text.flatMap({ Metrics.NoticeOutcome(rawValue: $0) }),
      let bytes = kept["bytes"]?.integer,
      let body = kept["body"]?.text.flatMap({ Base64URL.bytes($0[...]) })
    else { return nil }
    self.init(
      number: number, at: at, from: from, signature: kept["signature"]?.text, verdict: .good,
      outcome: outcome, reason: kept["reason"]?.text, position: nil, bytes: bytes, body: body)
  }
}
