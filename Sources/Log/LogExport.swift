/// The log as lines of JSON, for auditors.
public enum LogExport {
  /// One event as one canonical JSON object: its envelope with its chain hash in small hex digits
  /// under `hash`.
  ///
  /// No line end. `LogFormat` says how the hash is computed again.
  public static func line(of event: StoredEvent) -> [UInt8] {
    var envelope = event.envelope
    envelope.hash = hex(event.hash)
    var writer = BodyWriter()
    envelope.write(body: event.body, to: &writer)
    return writer.out.bytes
  }
}

/// Small hex digits, two a byte.
func hex(_ bytes: [UInt8]) -> String {
  var digits: [UInt8] = []
  digits.reserveCapacity(bytes.count * 2)
  for byte in bytes { digits += [Escapes.hex(byte >> 4), Escapes.hex(byte & 15)] }
  return String(decoding: digits, as: UTF8.self)
}
