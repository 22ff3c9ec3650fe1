public import Kernel

/// A fact's body as canonical JSON (RFC 8785), written and read by the fact's one listing.
///
/// A missing optional has no key. Integers stay within 2^53 - 1, so that any JSON reader reads them
/// exactly. Two equal facts have equal bytes, and one fact has one spelling only.
public enum EventCodec {
  /// A fact's canonical bytes; a blank or invalid value in it is a bug and traps.
  public static func body(of event: LedgerEvent) -> [UInt8] {
    var writer = BodyWriter()
    writer.write(event)
    return writer.out.bytes
  }

  /// The fact of a stored name and body; anything but the exact canonical bytes is an error.
  public static func event(named name: String, body: [UInt8]) throws(CodecError) -> LedgerEvent {
    guard var event = blanks[name] else { throw .unknownName(name) }
    let failure = body.withUnsafeBytes { bytes in
      var reader = BodyReader(bytes)
      reader.read(&event)
      return reader.failure
    }
    if let failure { throw .malformed(name: name, failure) }
    return event
  }

  /// Whether this program knows a fact of the name.
  public static func knows(_ name: String) -> Bool { blanks[name] != nil }

  private static let blanks: [String: LedgerEvent] = {
    var blanks: [String: LedgerEvent] = [:]
    for (name, event) in LedgerEvent.blanks {
      let earlier = blanks.updateValue(event, forKey: name)
      precondition(earlier == nil, "two facts are named \(name)")
    }
    return blanks
  }()
}

/// Why stored bytes are no fact.
public enum CodecError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The name is not among the facts: this program is older than the log.
  case unknownName(String)
  case malformed(name: String, BodyFailure)

  public var description: String {
    switch self {
    case .unknownName(let name): "no fact is named \(name)"
    case .malformed(let name, let failure): "not the body of \(name): \(failure)"
    }
  }

  func stored(at position: UInt64) -> StoreError {
    switch self {
    case .unknownName(let name): .unknownName(name, position: position)
    case .malformed: .damaged(Damage(position: position, what: description))
    }
  }
}

/// What a body has instead of what its fact's listing says, and where.
public struct BodyFailure: Hashable, Sendable, CustomStringConvertible {
  /// Bytes from the start of the body.
  public let offset: Int
  public let expected: String

  public var description: String { "\(expected) expected at byte \(offset)" }
}
