/// What an identifier may look like; one kind per thing, so that a payment's id can't stand in for
/// a batch's.
public protocol IDKind: Sendable {
  /// Whether the kind's ids may have these bytes, 1 to 160.
  static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool
}

extension IDKind {
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool { areIDBytes(bytes) }
}

private func areIDBytes(_ bytes: UnsafeRawBufferPointer) -> Bool {
  for byte in bytes where !isIDByte(byte) { return false }
  return true
}

// One bit a byte: "-", ".", "/", the digits, ":", "+" and "="; the letters, "_" and "|".
private func isIDByte(_ byte: UInt8) -> Bool {
  let bits: UInt64 = byte & 64 == 0 ? 0x27ff_e800_0000_0000 : 0x17ff_fffe_87ff_fffe
  return byte < 128 && bits >> UInt64(byte & 63) & 1 == 1
}

private func areDigits(_ bytes: UnsafeRawBufferPointer, from start: Int = 0) -> Bool {
  for index in start..<bytes.count where bytes[index] &- 48 > 9 { return false }
  return true
}

/// An identifier of one kind: 1 to 160 bytes, never cut, never padded (P-30, P-39).
public struct ID<Kind: IDKind>: TextValue, Comparable, CustomStringConvertible {
  public let text: String

  public init?(text: String) {
    var text = text
    guard text.withUTF8({ Self.accepts(UnsafeRawBufferPointer($0)) }) else { return nil }
    self.text = text
  }

  public init?(utf8 bytes: UnsafeRawBufferPointer) {
    guard Self.accepts(bytes) else { return nil }
    text = String(decoding: bytes, as: UTF8.self)
  }

  private static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 1 && bytes.count <= 160 && Kind.accepts(bytes)
  }

  public var isWritable: Bool { !text.isEmpty }

  public func write(to out: inout CanonicalText) { out.put(plain: text) }

  /// Makes an id from text this program composed itself; anything else is a bug and traps.
  init(composed text: String) {
    guard let id = Self(text: text) else { preconditionFailure("composed a bad id: \(text)") }
    self = id
  }

  private init(unchecked text: String) { self.text = text }

  public static var blank: Self { Self(unchecked: "") }
  public var description: String { text }
  public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

public enum ChannelKind: IDKind {}
public enum OrderKind: IDKind {}
public enum InvoiceKind: IDKind {}
public enum ConversionKind: IDKind {}
public enum BatchKind: IDKind {}
public enum SplitKind: IDKind {}
public enum SwapKind: IDKind {}
public enum TransferKind: IDKind {}
public enum CommandKind: IDKind {}

public enum PaymentKind: IDKind {
  /// NOWPayments ids are decimal digits; any other spelling of a number is refused.
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count <= 40 && areDigits(bytes)
  }
}

public enum OpenChannelKind: IDKind {
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool { isTelegramChannel(bytes) }
}

public enum ClosedChannelKind: IDKind {
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool { isTelegramChannel(bytes) }
}

public enum UserKind: IDKind {
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count <= 16 && bytes.first != UInt8(ascii: "0") && areDigits(bytes)
  }
}

/// Telegram channel ids match `^-?[0-9]{5,14}$` (domain: `main_clients_database`).
private func isTelegramChannel(_ bytes: UnsafeRawBufferPointer) -> Bool {
  let sign = bytes.first == UInt8(ascii: "-") ? 1 : 0
  return bytes.count - sign >= 5 && bytes.count <= 14 && areDigits(bytes, from: sign)
}

/// The registered pair of an open and a closed channel; what everything of a client is keyed by.
public typealias ChannelKey = ID<ChannelKind>
/// The public Telegram channel where the offer is posted.
public typealias OpenChannelID = ID<OpenChannelKind>
/// The paid Telegram channel; only the registry converts it to a `ChannelKey` (P-05).
public typealias ClosedChannelID = ID<ClosedChannelKind>
public typealias OrderID = ID<OrderKind>
public typealias InvoiceID = ID<InvoiceKind>
/// The provider's own payment id: decimal digits.
public typealias PaymentID = ID<PaymentKind>
public typealias ConversionID = ID<ConversionKind>
public typealias BatchID = ID<BatchKind>
/// One payout request: 16 characters of A–Z and 0–9 (`split_payout_request.unique_id`).
public typealias SplitID = ID<SplitKind>
/// The swap provider's exchange id, kept whole.
public typealias SwapID = ID<SwapKind>
public typealias TransferID = ID<TransferKind>
/// Identity of a command; the same id again gives the first outcome.
///
/// Ids never expire.
public typealias CommandID = ID<CommandKind>
/// A Telegram user id.
public typealias UserID = ID<UserKind>

extension ChannelKey {
  /// The key a pair gets when it is registered; it stays the pair's key for ever.
  public init(registering open: OpenChannelID) { self.init(composed: "ch" + open.text) }
}
