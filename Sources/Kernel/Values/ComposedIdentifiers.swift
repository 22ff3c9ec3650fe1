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
  /// The conversion of one payment's accumulation.
  public init(of payment: PaymentID) { self.init(composed: "cv-\(payment)") }
}

extension TransferID {
  /// The split this transfer funds (reliability S5).
  public var split: SplitID? {
    guard text.hasSuffix(Self.funding) else { return nil }
    return SplitID(text: String(text.dropLast(Self.funding.count)))
  }

  /// Number of that split; nil for a text that no number gives.
  public var splitNumber: Int? {
    var text = text
    return text.withUTF8 { text in
      guard text.count == 16 + Self.funding.utf8.count,
        text[16...].elementsEqual(Self.funding.utf8)
      else { return nil }
      return SplitID.number(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: text[..<16])))
    }
  }

  static let funding = ".fund"
}
