import Kernel

/// The log as lines of JSON, for auditors.
public enum LogExport {
  /// One event as one canonical JSON object: its envelope with its chain hash in small hex digits
  /// under `hash`.
  ///
  /// No line end. `LogFormat` says how the hash is computed again.
  public static func line(of event: StoredEvent) -> [UInt8] {
    var envelope = event.envelope
    envelope.hash = HexText.of(event.hash)
    return bytes(of: envelope, event.body)
  }

  /// The event's canonical bytes: what is stored, hashed and a leaf of the tree.
  public static func canonicalBytes(of event: StoredEvent) -> [UInt8] {
    bytes(of: event.envelope, event.body)
  }

  private static func bytes(of envelope: Envelope, _ body: [UInt8]) -> [UInt8] {
    var writer = BodyWriter()
    envelope.write(body: body, to: &writer)
    return writer.out.bytes
  }
}
