public import JSON
public import Kernel
public import Log

/// One client's history out of the log: the fold that route, command line and tests share.
public struct ClientHistory: Sendable {
  /// Reads up to `limit` facts with a tag after a position.
  public typealias Pages =
    @Sendable (_ tag: Tag, _ after: UInt64, _ limit: Int) throws(StoreError) -> [Recorded]

  private let channel: ChannelKey
  private let asOf: AsOf?
  private let pages: Pages

  public init(of channel: ChannelKey, asOf: AsOf?, pages: @escaping Pages) {
    self.channel = channel
    self.asOf = asOf
    self.pages = pages
  }

  /// One fact of the client: as it lies in the log, and as the client sees it.
  public struct Item: Sendable {
    public let recorded: Recorded
    public let entry: ClientTimeline.Entry

    /// Writes one object a fact, as the API and `weir timeline --json` show it.
    public func write(to writer: inout JSONWriter) {
      var row = CanonicalText()
      row.bytes.reserveCapacity(512)
      row.put(raw: "{\"position\":")
      row.put(Int(entry.position))
      row.put(raw: ",\"at\":")
      entry.at.write(to: &row)
      row.put(raw: ",\"name\":")
      row.put(quoted: entry.name)
      row.put(raw: ",\"stream\":")
      var place = PlaceText()
      place.add(recorded.event)
      place.with(0) { row.put(quoted: $0) }
      row.put(raw: ",\"amount\":")
      if let amount = entry.amount { amount.write(to: &row) } else { row.put(raw: "null") }
      row.put(raw: ",\"balance\":[")
      for (number, amount) in entry.balance.enumerated() {
        if number > 0 { row.put(raw: ",") }
        amount.write(to: &row)
      }
      row.put(raw: "],\"remark\":")
      if let remark = recorded.event.remark {
        row.put(quoted: remark)
      } else {
        row.put(raw: "null")
      }
      row.put(raw: "}")
      writer.raw(row.bytes)
    }
  }

  /// How far the history was walked, and what its running balance goes on from.
  public struct Mark: Sendable {
    public let position: UInt64
    let timeline: ClientTimeline

    /// Before everything.
    static let start = Mark(position: 0, timeline: ClientTimeline())
  }

  /// Calls `take` with each fact in the order of the log, until it says false.
  public func walk(_ take: (Item) -> Bool) throws(StoreError) {
    try walk(from: .start, portion: Self.portion) { item, _ in take(item) }
  }

  static let portion = 1_000

  /// The same from a mark on, reading so many facts at a time; `take` is also given the mark behind
  /// the fact.
  func walk(
    from mark: Mark, portion: Int, _ take: (Item, Mark) -> Bool
  ) throws(StoreError) {
    var (timeline, position) = (mark.timeline, mark.position)
    while true {
      let page = try pages(.channel(channel), position, portion)
      guard let last = page.last else { return }
      for recorded in page {
        if let asOf, !asOf.holds(position: recorded.position, at: recorded.at) { return }
        let entry = timeline.take(recorded, of: channel)
        let mark = Mark(position: recorded.position, timeline: timeline)
        guard take(Item(recorded: recorded, entry: entry), mark) else { return }
      }
      position = last.position
    }
  }

  /// What the client is owed and was paid at the end of it.
  public func balance() throws(StoreError) -> ClientBalance {
    var balance = ClientBalance(channel: channel)
    try walk { item in
      balance.take(item.recorded.event)
      return true
    }
    return balance
  }
}

/// What one client is owed and was paid, per asset: a fold of the client's facts.
public struct ClientBalance: Hashable, Sendable {
  /// One asset's figures.
  public struct Line: Hashable, Sendable {
    /// Waiting behind the threshold.
    public var waiting: Money
    /// Reserved for a payout under way, and not sent yet.
    public var inPayout: Money
    /// Sent and not delivered yet.
    public var inTransit: Money
    /// Delivered so far, counted in what it was sent in.
    public var paid: Money
    /// Owed by the client, for payments that were taken back after they were paid out.
    public var receivable: Money

    /// Waiting and in payout: what the client is owed.
    public var owed: Money { waiting + inPayout }
  }

  public let channel: ChannelKey
  public private(set) var lines: [Line] = []

  public init(channel: ChannelKey) { self.channel = channel }

  /// As the books have it: what the fold of all the client's facts comes to.
  init(_ books: Books, of channel: ChannelKey) {
    self.channel = channel
    lines = books.lines(of: channel).map { line in
      Line(
        waiting: -line.payable, inPayout: -line.reserved, inTransit: line.transit,
        paid: line.settled, receivable: line.receivable)
    }
  }

  public mutating func take(_ event: LedgerEvent) {
    for posting in postings(of: event) {
      switch posting.account {
      case .payable(channel):
        change(posting.amount.asset) { $0.waiting = $0.waiting - posting.amount }
      case .reserved(channel):
        change(posting.amount.asset) { $0.inPayout = $0.inPayout - posting.amount }
      case .transit(channel):
        change(posting.amount.asset) { $0.inTransit = $0.inTransit + posting.amount }
      case .receivable(channel):
        change(posting.amount.asset) { $0.receivable = $0.receivable + posting.amount }
      case .payable, .reserved, .transit, .receivable, .custody, .clearing, .suspense, .fees,
        .exchange, .fx, .dust, .gas, .writeoffs:
        break
      }
    }
    if case .split(.completed(let e)) = event, e.purpose.conversion == nil, e.channel == channel {
      change(e.source.asset) { $0.paid = $0.paid + e.source }
    }
  }

  private mutating func change(_ asset: Asset, _ edit: (inout Line) -> Void) {
    let place = lines.firstIndex { $0.waiting.asset == asset } ?? lines.count
    if place == lines.count {
      let zero = Money.zero(asset)
      lines.append(
        Line(waiting: zero, inPayout: zero, inTransit: zero, paid: zero, receivable: zero))
    }
    edit(&lines[place])
  }

  public var json: JSONValue {
    .array(
      lines.map { line in
        .object([
          "asset": .string(line.waiting.asset.text),
          "waiting": .string(line.waiting.amountText),
          "in_payout": .string(line.inPayout.amountText),
          "in_transit": .string(line.inTransit.amountText),
          "owed": .string(line.owed.amountText), "paid": .string(line.paid.amountText),
          "receivable": .string(line.receivable.amountText),
        ])
      })
  }
}

extension ChannelKey {
  /// Reads an open channel id, or the key itself.
  public init?(naming text: String) {
    if let open = OpenChannelID(text: text) {
      self.init(registering: open)
    } else {
      self.init(text: text)
    }
  }
}
