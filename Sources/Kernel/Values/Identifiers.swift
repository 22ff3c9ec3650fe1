/// What an identifier may look like; one kind per thing, so that a payment's id can't stand in for
/// a batch's.
public protocol IDKind: Sendable {
  static func accepts(_ text: String.UTF8View) -> Bool
}

extension IDKind {
  public static func accepts(_ text: String.UTF8View) -> Bool { text.allSatisfy(isIDByte) }
}

// Compared mark by mark: a set would hash every byte of every id.
private func isIDByte(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    // "-", ".", "/", the digits and ":" stand side by side.
    || (UInt8(ascii: "-")...UInt8(ascii: ":")).contains(byte)
    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "|") || byte == UInt8(ascii: "+")
    || byte == UInt8(ascii: "=")
}

/// An identifier of one kind: 1 to 160 bytes, never cut, never padded (P-30, P-39).
public struct ID<Kind: IDKind>: TextValue, Comparable, CustomStringConvertible {
  public let text: String

  public init?(text: String) {
    guard (1...160).contains(text.utf8.count), Kind.accepts(text.utf8) else { return nil }
    self.text = text
  }

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
  public static func accepts(_ text: String.UTF8View) -> Bool {
    text.count <= 40 && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}

public enum OpenChannelKind: IDKind {
  public static func accepts(_ text: String.UTF8View) -> Bool { isTelegramChannel(text) }
}

public enum ClosedChannelKind: IDKind {
  public static func accepts(_ text: String.UTF8View) -> Bool { isTelegramChannel(text) }
}

public enum UserKind: IDKind {
  public static func accepts(_ text: String.UTF8View) -> Bool {
    text.count <= 16 && text.first != UInt8(ascii: "0")
      && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}

/// Telegram channel ids match `^-?[0-9]{5,14}$` (domain: `main_clients_database`).
private func isTelegramChannel(_ text: String.UTF8View) -> Bool {
  let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
  return (5...14).contains(digits.count) && text.count <= 14
    && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
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
