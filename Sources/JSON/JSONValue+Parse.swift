import CSimdjson

extension JSONValue {
  /// The value a text holds, exactly.
  ///
  /// RFC 8259 without its leniency: UTF-8 without a mark, no name twice in an object (compared
  /// after escapes are undone), no half surrogate pairs, nothing after the value, and within the
  /// limits. Throws a `JSONError` that says where.
  public static func parse(
    _ bytes: [UInt8], limits: JSONLimits = .default
  ) throws(JSONError) -> JSONValue {
    guard bytes.count <= limits.bytes else { throw JSONError(.tooLarge, at: limits.bytes) }
    return try bytes.withUnsafeBufferPointer { bytes throws(JSONError) in
      var starts: UnsafePointer<UInt32>?
      var count = 0
      switch csimdjson_scan(bytes.baseAddress, bytes.count, &starts, &count) {
      case csimdjson_fine: break
      case csimdjson_empty: throw JSONError(.empty, at: 0)
      case csimdjson_no_memory: throw JSONError(.noMemory)
      default: throw trouble(in: bytes)
      }
      // The starts are this thread's until it scans again, and the walk scans nothing.
      var walk = Walk(
        bytes: bytes, starts: UnsafeBufferPointer(start: starts, count: count),
        depthAllowed: limits.depth)
      return try walk.document()
    }
  }

  /// What simdjson refused without saying where: found by a slow second look.
  private static func trouble(in bytes: UnsafeBufferPointer<UInt8>) -> JSONError {
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      return JSONError(.notUTF8, at: error.byteOffsets.lowerBound)
    }
    var opened: Int?
    var at = 0
    while at < bytes.count {
      switch (bytes[at], opened) {
      case (UInt8(ascii: "\""), nil): opened = at
      case (UInt8(ascii: "\""), _): opened = nil
      case (UInt8(ascii: "\\"), .some): at += 1
      case (0..<0x20, .some): return JSONError(.controlCharacter, at: at)
      case (_, _): break
      }
      at += 1
    }
    guard let opened else { return JSONError(.unexpected) }
    return JSONError(.unclosedString, at: opened)
  }
}
