/// What is known of a channel.
public struct ChannelState: Sendable {
  public internal(set) var key: ChannelKey
  public internal(set) var open: OpenChannelID
  public internal(set) var closed: ClosedChannelID
  public internal(set) var closedTitle: String
  public internal(set) var tiers: [Tier]
  public internal(set) var payout: PayoutSettings

  fileprivate static let blank = ChannelState(
    key: .blank, open: .blank, closed: .blank, closedTitle: "", tiers: [], payout: .blank)
}

/// Every registered channel, numbered as they came, and found by its three ids.
struct Channels: Sendable {
  private var all: [ChannelState] = []
  private var numbers: [ChannelKey: Int] = [:]
  private var ofOpen: [OpenChannelID: Int] = [:]
  private var ofClosed: [ClosedChannelID: Int] = [:]

  subscript(key: ChannelKey) -> ChannelState? { numbers[key].map { all[$0] } }
  subscript(open id: OpenChannelID) -> ChannelState? { ofOpen[id].map { all[$0] } }
  subscript(closed id: ClosedChannelID) -> ChannelState? { ofClosed[id].map { all[$0] } }

  /// Stands for the key where something is kept by it; nil where no such channel is registered.
  func number(of key: ChannelKey) -> UInt32? { numbers[key].map { UInt32($0) } }
  func key(of number: UInt32) -> ChannelKey { all[Int(number)].key }

  mutating func add(_ channel: ChannelState) {
    precondition(numbers[channel.key] == nil, "channel \(channel.key) registered twice")
    numbers[channel.key] = all.count
    ofOpen[channel.open] = all.count
    ofClosed[channel.closed] = all.count
    all.append(channel)
  }

  mutating func change(_ key: ChannelKey, to payout: PayoutSettings) {
    if let number = numbers[key] { all[number].payout = payout }
  }

  mutating func list(_ fields: inout StateFields) {
    var listed = all
    fields.list("channels", &listed, blank: .blank) { channel, fields in
      fields.text("key", &channel.key)
      fields.text("open", &channel.open)
      fields.text("closed", &channel.closed)
      fields.text("title", &channel.closedTitle)
      fields.list("tiers", &channel.tiers, blank: .blank) { $1.group("tier", &$0) }
      fields.group("payout", &channel.payout)
    }
    guard fields.isReading else { return }
    self = Channels()
    for channel in listed {
      guard numbers[channel.key] == nil else { return fields.refuse() }
      add(channel)
    }
  }
}
