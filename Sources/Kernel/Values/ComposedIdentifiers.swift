// Ids that machines make: the same step of the same cause gets the same id, however often it is
// taken again (reliability 3.3).

extension CommandID {
  /// The `step`-th command that a process issues because of the fact at `position`.
  public init(process name: String, causedBy position: UInt64, step: Int) {
    self.init(composed: "\(name)/\(position)/\(step)")
  }

  /// An id of ours, `kind/part/part`; parts are of id characters, anything else is a bug and traps.
  public static func composed(_ kind: String, _ parts: String...) -> CommandID {
    CommandID(composed: ([kind] + parts).joined(separator: "/"))
  }
}

extension ConversionID {
  /// The conversion of one payment's accumulation; the first of them.
  public init(of payment: PaymentID) { self.init(composed: "cv-\(payment)") }

  /// Bytes of the payment's id within it, and which conversion of the payment it is, from 1; nil
  /// for a text that is no conversion's.
  static func parts(_ text: UnsafeRawBufferPointer) -> (payment: Range<Int>, attempt: Int)? {
    guard text.count >= 3, text[0] == UInt8(ascii: "c"), text[1] == UInt8(ascii: "v"),
      text[2] == UInt8(ascii: "-")
    else { return nil }
    var mark = 3
    while mark < text.count, text[mark] != UInt8(ascii: "-") { mark += 1 }
    guard mark < text.count else { return (3..<mark, 1) }
    var attempt = 0
    for byte in text[(mark + 1)...] {
      guard (48...57).contains(byte), attempt < 100 else { return nil }
      attempt = attempt * 10 + Int(byte) - 48
    }
    return attempt > 1 ? (3..<mark, attempt) : nil
  }

  /// The same payment's next conversion; nil after as many as one payment may have.
  var next: ConversionID? {
    var text = text
    let found = text.withUTF8 { bytes in
      Self.parts(UnsafeRawBufferPointer(bytes)).map {
        (String(decoding: bytes[$0.payment], as: UTF8.self), $0.attempt)
      }
    }
    guard let (payment, attempt) = found, attempt < Limits.conversionAttemptsMost else {
      return nil
    }
    return ConversionID(composed: "cv-\(payment)-\(attempt + 1)")
  }
}

extension TransferID {
  /// The split this transfer funds (reliability S5).
  public var split: SplitID? {
    withBytes { text in
      Self.isFunding(text)
        ? SplitID(utf8: UnsafeRawBufferPointer(rebasing: text.dropLast(Self.funding.utf8.count)))
        : nil
    }
  }

  /// Number of that split; nil for a text that no number gives.
  public var splitNumber: Int? {
    withBytes { text in
      guard text.count == 16 + Self.funding.utf8.count, Self.isFunding(text) else { return nil }
      return SplitID.number(UnsafeRawBufferPointer(rebasing: text[..<16]))
    }
  }

  /// Whether an id's bytes end as a funding transfer's do.
  private static func isFunding(_ text: UnsafeRawBufferPointer) -> Bool {
    text.count >= 5 && text[text.count - 5] == UInt8(ascii: ".")
      && text[text.count - 4] == UInt8(ascii: "f") && text[text.count - 3] == UInt8(ascii: "u")
      && text[text.count - 2] == UInt8(ascii: "n") && text[text.count - 1] == UInt8(ascii: "d")
  }

  static let funding = ".fund"
}
