/// What a split pays for: exactly one of a batch, an instant payment or a conversion.
public struct SplitPurpose: FieldGroup {
  public internal(set) var batch: BatchID?
  public internal(set) var conversion: ConversionID?
  public internal(set) var payment: PaymentID?
  public static var blank: Self { Self() }

  init(batch: BatchID? = nil, conversion: ConversionID? = nil, payment: PaymentID? = nil) {
    self.batch = batch
    self.conversion = conversion
    self.payment = payment
  }

  public static func batch(_ id: BatchID) -> Self { Self(batch: id) }
  public static func conversion(_ id: ConversionID) -> Self { Self(conversion: id) }
  public static func payment(_ id: PaymentID) -> Self { Self(payment: id) }

  public mutating func list<F: Fields>(_ fields: inout F) {
    fields.text("batch", &batch)
    fields.text("conversion", &conversion)
    fields.text("payment", &payment)
  }
}

/// ChangeNOW's two ways to price a swap.
public enum SwapFlow: String, Word {
  case fixedRate = "fixed-rate"
  case standard

  public static let words = WordList<SwapFlow>()
}

/// How the value travels.
public enum SplitRoute: String, Word {
  /// Through an exchange at the swap provider.
  case swap
  /// Straight from the host wallet: the client wants the very asset we hold.
  case direct

  public static let words = WordList<SplitRoute>()
}

extension SplitID {
  /// The `number`-th split of a partition, as the seeds' 16 characters of A–Z and 0–9.
  init(number: Int, partition: Int = 1) {
    func padded(_ value: Int, _ width: Int) -> String {
      let text = String(value, radix: 36, uppercase: true)
      precondition(value >= 0 && text.count <= width, "no room for \(value)")
      return String(repeating: "0", count: width - text.count) + text
    }
    self.init(composed: "WE" + padded(partition, 2) + padded(number, 12))
  }

  /// Which split of the partition it is, from 1; nil for a text that no number gives.
  public var number: Int? { withBytes { Self.number($0) } }

  static func number(_ text: UnsafeRawBufferPointer) -> Int? {
    guard text.count == 16, text[0] == UInt8(ascii: "W"), text[1] == UInt8(ascii: "E"),
      text[2] == UInt8(ascii: "0"), text[3] == UInt8(ascii: "1")
    else { return nil }
    var value = 0
    for byte in text[4...] {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value * 36 + Int(byte) - 48
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = value * 36 + Int(byte) - 55
      case _: return nil
      }
    }
    return value > 0 ? value : nil
  }

  /// The one transfer that may ever fund this split (reliability S5).
  public var transfer: TransferID { TransferID(composed: text + TransferID.funding) }
}
