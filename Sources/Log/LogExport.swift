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
    var writer = BodyWriter()
    envelope.write(body: event.body, to: &writer)
    return writer.out.bytes
  }
}
