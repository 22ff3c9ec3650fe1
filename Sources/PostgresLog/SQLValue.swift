package import Kernel

/// A parameter, sent in PostgreSQL's binary form.
package enum SQLValue: Sendable {
  case null
  case integer(Int)
  /// An integer of four bytes.
  case count(Int)
  case real(Double)
  case text(String)
  case bytes([UInt8])
  case integers([Int?])
  /// Integers of four bytes.
  case counts([Int])
  case texts([String])
  /// Texts by their UTF-8.
  case spellings([[UInt8]])
  case instant(Instant)
  case instants([Instant])
  case bytesList([[UInt8]?])
  /// What is in that form already, of a type by its number in PostgreSQL's catalogue.
  case encoded(UInt32, [UInt8])

  /// The type's number in PostgreSQL's catalogue.
  var type: UInt32 {
    switch self {
    case .null: 0
    case .integer: 20
    case .count: 23
    case .real: 701
    case .text: 25
    case .bytes: 17
    case .integers: 1016
    case .counts: 1007
    case .texts, .spellings: 1009
    case .instant: 1184
    case .instants: 1185
    case .bytesList: 1001
    case .encoded(let type, _): type
    }
  }

  var isNull: Bool { if case .null = self { true } else { false } }

  /// Bytes that it takes at most, where that is worth knowing before.
  var room: Int { if case .encoded(_, let bytes) = self { bytes.count + 1 } else { 64 } }

  func put(to out: inout [UInt8]) {
    switch self {
    case .null: break
    case .integer(let number): out.put(big: Int64(number))
    case .count(let number): out.put(big: Int32(number))
    case .real(let number): out.put(big: Int64(bitPattern: number.bitPattern))
    case .text(let text): out += text.utf8
    case .bytes(let bytes): out += bytes
    case .integers(let numbers):
      out.put(arrayOf: 20, numbers) { $1.put(big: Int64($0)) }
    case .counts(let numbers):
      out.put(arrayOf: 23, numbers) { $1.put(big: Int32($0)) }
    case .encoded(_, let bytes): out += bytes
    case .texts(let texts): out.put(arrayOf: 25, texts) { $1 += $0.utf8 }
    case .spellings(let texts): out.put(arrayOf: 25, texts) { $1 += $0 }
    case .instant(let instant): out.put(big: instant.microseconds - SQLValue.epoch)
    case .instants(let instants):
      out.put(arrayOf: 1184, instants) { $1.put(big: $0.microseconds - SQLValue.epoch) }
    case .bytesList(let list): out.put(arrayOf: 17, list) { $1 += $0 }
    }
  }

  /// The same, encoded now.
  package var encoded: SQLValue {
    if isNull { return self }
    var bytes: [UInt8] = []
    put(to: &bytes)
    return .encoded(type, bytes)
  }

  /// Texts as the literal of an array, for where arrays of arrays would have to be of one length.
  package static func literal(of texts: [String]) -> [UInt8] {
    var out: [UInt8] = []
    put(literalOf: texts, to: &out)
    return out
  }

  static func put(literalOf texts: [String], to out: inout [UInt8]) {
    out.append(UInt8(ascii: "{"))
    for (index, text) in texts.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      out.append(UInt8(ascii: "\""))
      for byte in text.utf8 {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
          out.append(UInt8(ascii: "\\"))
        }
        out.append(byte)
      }
      out.append(UInt8(ascii: "\""))
    }
    out.append(UInt8(ascii: "}"))
  }

  /// Microseconds at the beginning of 2000, from which PostgreSQL counts.
  static let epoch: Int64 = 946_684_800_000_000
}

extension [UInt8] {
  /// One dimension, elements with their lengths, -1 for null.
  fileprivate mutating func put<Item>(
    arrayOf type: Int32, _ elements: [Item?], _ write: (Item, inout [UInt8]) -> Void
  ) {
    put(big: Int32(elements.isEmpty ? 0 : 1))
    put(big: Int32(elements.contains { $0 == nil } ? 1 : 0))
    put(big: type)
    guard !elements.isEmpty else { return }
    put(big: Int32(elements.count))
    put(big: Int32(1))
    for element in elements {
      guard let element else {
        put(big: Int32(-1))
        continue
      }
      let start = count
      put(big: Int32(0))
      write(element, &self)
      set(big: Int32(count - start - 4), at: start)
    }
  }
}
