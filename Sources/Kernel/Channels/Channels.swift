/// What is known of a channel.
public struct ChannelState: Sendable {
  public internal(set) var key: ChannelKey
  public internal(set) var open: OpenChannelID
  public internal(set) var closed: ClosedChannelID
  public internal(set) var offer: ChannelOffer
  public internal(set) var payout: PayoutSettings
  /// Facts of the channel so far, its registration among them: its stream's version.
  public internal(set) var version = 1
  /// Nothing is sold there any more.
  public internal(set) var isClosed = false

  public var tiers: [Tier] { offer.tiers }

  fileprivate static let blank = ChannelState(
    key: .blank, open: .blank, closed: .blank, offer: .blank, payout: .blank)
}

/// What a channel pair sells, and how its owner describes it.
public struct ChannelOffer: FieldGroup {
  public internal(set) var closed: ChannelFace<ClosedChannelKind>
  public internal(set) var donationMessage: String?
  public internal(set) var notify: Personal?
  public internal(set) var open: ChannelFace<OpenChannelKind>
  public internal(set) var tiers: [Tier]

  public static var blank: Self {
    Self(closed: .blank, donationMessage: nil, notify: nil, open: .blank, tiers: [])
  }

  init(
    closed: ChannelFace<ClosedChannelKind>, donationMessage: String?, notify: Personal?,
    open: ChannelFace<OpenChannelKind>, tiers: [Tier]
  ) {
    self.closed = closed
    self.donationMessage = donationMessage
    self.notify = notify
    self.open = open
    self.tiers = tiers
  }

  public mutating func list<F: Fields>(_ fields: inout F) {
    fields.group("closed", &closed)
    fields.text("donationMessage", &donationMessage)
    fields.text("notify", &notify)
    fields.group("open", &open)
    fields.groups("tiers", &tiers)
  }
}

extension ChannelState {
  /// The first state of a pair.
  public init(_ registered: ChannelEvent.Registered) {
    self.init(
      key: registered.channel, open: registered.open.id, closed: registered.closed.id,
      offer: ChannelOffer(
        closed: registered.closed, donationMessage: registered.donationMessage,
        notify: registered.notify, open: registered.open, tiers: registered.tiers),
      payout: registered.payout)
  }

  /// Takes one more of its facts in; they come in the order of the log.
  public mutating func take(_ event: ChannelEvent) {
    switch event {
    case .registered(let e): self = ChannelState(e)
    case .payoutSettingsChanged(let e):
      payout = e.payout
      version += 1
    case .offerChanged(let e):
      offer = ChannelOffer(
        closed: e.closed, donationMessage: e.donationMessage, notify: e.notify, open: e.open,
        tiers: e.tiers)
      version += 1
    case .closed:
      isClosed = true
      version += 1
    }
  }
}

/// Every registered channel, numbered as they came, and found by its three ids.
struct Channels: Sendable {
  private var all: [ChannelState] = []
  private var numbers: [ChannelKey: Int] = [:]
  private var ofOpen: [OpenChannelID: Int] = [:]
  private var ofClosed: [ClosedChannelID: Int] = [:]
  /// Open channels, by the Telegram user who is told of theirs.
  private var ofNotified: [String: [Int]] = [:]

  subscript(key: ChannelKey) -> ChannelState? { numbers[key].map { all[$0] } }
  subscript(open id: OpenChannelID) -> ChannelState? { ofOpen[id].map { all[$0] } }
  subscript(closed id: ClosedChannelID) -> ChannelState? { ofClosed[id].map { all[$0] } }

  /// Channels of whose payments somebody is told, in the order in which they came.
  func notifying(_ user: UserID) -> [ChannelState] {
    (ofNotified[user.text] ?? []).map { all[$0] }.filter { !$0.isClosed }
  }

  /// Stands for the key where something is kept by it; nil where no such channel is registered.
  func number(of key: ChannelKey) -> UInt32? { numbers[key].map { UInt32($0) } }
  func key(of number: UInt32) -> ChannelKey { all[Int(number)].key }

  mutating func add(_ channel: ChannelState) {
    precondition(numbers[channel.key] == nil, "channel \(channel.key) registered twice")
    numbers[channel.key] = all.count
    ofOpen[channel.open] = all.count
    ofClosed[channel.closed] = all.count
    if let user = channel.offer.notify { ofNotified[user.value, default: []].append(all.count) }
    all.append(channel)
  }

  mutating func take(_ event: ChannelEvent) {
    if case .registered(let e) = event { return add(ChannelState(e)) }
    guard let number = numbers[event.id] else { return }
    let before = all[number].offer.notify
    all[number].take(event)
    let after = all[number].offer.notify
    guard before != after else { return }
    if let before { ofNotified[before.value]?.removeAll { $0 == number } }
    if let after {
      ofNotified[after.value, default: []].append(number)
      // As a state that is read back has them.
      ofNotified[after.value]?.sort()
    }
  }

  mutating func list(_ fields: inout StateFields) {
    var listed = all
    fields.list("channels", &listed, blank: .blank) { channel, fields in
      fields.text("key", &channel.key)
      fields.text("open", &channel.open)
      fields.text("closed", &channel.closed)
      fields.group("offer", &channel.offer)
      fields.group("payout", &channel.payout)
      fields.number("version", &channel.version)
      fields.flag("isClosed", &channel.isClosed)
    }
    guard fields.isReading else { return }
    self = Channels()
    for channel in listed {
      guard numbers[channel.key] == nil else { return fields.refuse() }
      add(channel)
    }
  }
}
