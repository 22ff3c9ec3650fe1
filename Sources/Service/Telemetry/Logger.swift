import Glibc
import JSON
public import Kernel
import Synchronization

/// Writes one JSON object a line: time, level, event, and what belongs to it.
///
/// Every text is searched for the configuration's secrets before it is written, so that not even an
/// outside answer that repeats one gets through. Safe from any thread.
public struct Logger: Sendable {
  public enum Level: String, Sendable { case info, warning, error }

  /// A value beside its name.
  public enum Field: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringInterpolation
  {
    case text(String)
    case integer(Int)

    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
  }

  private final class Shared: Sendable {
    let state = Mutex(Budget())
  }

  /// Lines of one kind that may still be written in this second.
  private struct Budget {
    var second: Int64 = -1
    var written: [String: Int] = [:]
    var dropped = 0
  }

  /// Lines of one kind a second; more are counted and left out, so that a flood of bad requests
  /// can't fill a disk.
  static let mostPerSecond = 20

  private let secrets: [[UInt8]]
  private let clock: @Sendable () -> Instant
  private let sink: @Sendable ([UInt8]) -> Void
  private let shared = Shared()

  /// `sink` gets whole lines, the line end among them; the standard one is standard error.
  public init(
    secrets: [Secret], clock: @escaping @Sendable () -> Instant,
    sink: @escaping @Sendable ([UInt8]) -> Void = Logger.standardError
  ) {
    // Shorter ones would turn up in innocent text. The longest first: one may begin another.
    self.secrets = secrets.map { Array($0.reveal().utf8) }.filter { $0.count >= 8 }
      .sorted { $0.count > $1.count }
    self.clock = clock
    self.sink = sink
  }

  public func info(_ event: StaticString, _ fields: KeyValuePairs<String, Field> = [:]) {
    write(.info, event, fields)
  }

  public func warning(_ event: StaticString, _ fields: KeyValuePairs<String, Field> = [:]) {
    write(.warning, event, fields)
  }

  public func error(_ event: StaticString, _ fields: KeyValuePairs<String, Field> = [:]) {
    write(.error, event, fields)
  }

  private func write(
    _ level: Level, _ event: StaticString, _ fields: KeyValuePairs<String, Field>
  ) {
    let now = clock()
    guard let dropped = admit(event.description, now) else { return }
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("at")
    writer.string(now.text)
    writer.name("level")
    writer.string(level.rawValue)
    writer.name("event")
    writer.string(event.description)
    for (name, field) in fields {
      writer.name(name)
      switch field {
      case .text(let text): writer.string(redacted(text))
      case .integer(let number): writer.integer(number)
      }
    }
    if dropped > 0 {
      writer.name("left_out")
      writer.integer(dropped)
    }
    writer.endObject()
    sink(writer.bytes + [UInt8(ascii: "\n")])
  }

  /// How many lines were left out before this one; nil where this one is left out too.
  private func admit(_ kind: String, _ now: Instant) -> Int? {
    let second = now.microseconds / 1_000_000
    return shared.state.withLock { budget in
      if budget.second != second {
        budget.second = second
        budget.written = [:]
      }
      guard budget.written[kind, default: 0] < Self.mostPerSecond else {
        budget.dropped += 1
        return nil
      }
      budget.written[kind, default: 0] += 1
      defer { budget.dropped = 0 }
      return budget.dropped
    }
  }

  /// A text without the secrets in it, whatever stands before and behind them.
  public func redacted(_ text: String) -> String {
    secrets.reduce(text) { text, secret in
      // Byte by byte: as characters, a secret before a combining mark would not be found.
      var rest = Array(text.utf8)[...]
      var kept: [UInt8] = []
      while let place = Self.place(of: secret, in: rest) {
        kept += rest[..<place] + Array("(secret)".utf8)
        rest = rest[(place + secret.count)...]
      }
      return kept.isEmpty ? text : String(decoding: kept + rest, as: UTF8.self)
    }
  }

  /// Where the first copy of a secret begins.
  private static func place(of secret: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    var rest = bytes
    while let start = rest.firstIndex(of: secret[0]) {
      rest = rest[start...]
      if rest.starts(with: secret) { return start }
      rest = rest.dropFirst()
    }
    return nil
  }

  private static let turn = Mutex(())

  /// Writes a line as far as that can be done without waiting: the loop must not stand still
  /// because nobody reads its log (PR-20).
  @Sendable public static func standardError(_ line: [UInt8]) {
    turn.withLock { _ in writeNow(line) }
  }

  private static func writeNow(_ line: [UInt8]) {
    var rest = line[...]
    while !rest.isEmpty {
      var ready = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
      guard poll(&ready, 1, 0) == 1 else { return }
      // A pipe that is ready takes so much without blocking.
      let count = rest.withUnsafeBytes { Glibc.write(2, $0.baseAddress, min($0.count, 4_096)) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
