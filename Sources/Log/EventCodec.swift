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
    guard let form = FactForm.named(name) else { throw .unknownName(name) }
    let result = body.withUnsafeBytes { bytes in
      Result { () throws(BodyFailure) in try form.read(bytes) }
    }
    switch result {
    case .success(let event): return event
    case .failure(let failure): throw .malformed(name: name, failure)
    }
  }

  /// Whether this program knows a fact of the name.
  public static func knows(_ name: String) -> Bool { FactForm.named(name) != nil }
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
