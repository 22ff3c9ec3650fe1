/// Every order there was: its terms, packed, and what became of it.
struct Orders: Sendable {
  private static let invoiced: UInt8 = 1
  private static let granted: UInt8 = 2

  /// The terms stand beside each id.
  private var ids = Register()
  private var marks = Column<UInt8>()

  func holds(_ id: OrderID) -> Bool { ids.number(of: id) != nil }
  func isInvoiced(_ id: OrderID) -> Bool { has(Self.invoiced, id) }
  /// Whether a payment gave access; a second one gives none (P-11).
  func isGranted(_ id: OrderID) -> Bool { has(Self.granted, id) }

  subscript(id: OrderID, channels: Channels) -> OrderEvent.Placed? {
    ids.number(of: id).map { number in
      ids.beside(number) { bytes in
        var terms = Packed.Reader(bytes)
        return OrderEvent.Placed(
          channel: channels.key(of: UInt32(terms.number())), days: terms.number(),
          fee: terms.share(), kind: terms.word(), order: id, price: terms.money(),
          tier: terms.number(), user: Personal(terms.text()))
      }
    }
  }

  /// Who placed the order; nothing else of its terms is made.
  func user(of id: OrderID) -> Personal? {
    ids.number(of: id).map { number in
      ids.beside(number) { bytes in
        var terms = Packed.Reader(bytes)
        terms.skipNumbers(4)
        terms.skipMoney()
        terms.skipNumbers(1)
        return Personal(terms.text())
      }
    }
  }

  mutating func place(_ placed: OrderEvent.Placed, _ channels: Channels) {
    guard let channel = channels.number(of: placed.channel) else {
      preconditionFailure("order \(placed.order) is of no channel")
    }
    var terms = Packed()
    terms.number(Int(channel))
    terms.number(placed.days)
    terms.number(placed.fee.value)
    terms.word(placed.kind)
    terms.money(placed.price)
    terms.number(placed.tier)
    terms.text(placed.user.value)
    let number = ids.add(placed.order, beside: terms.bytes)
    precondition(number == marks.count, "order \(placed.order) placed twice")
    marks.append(0)
  }

  mutating func noteInvoice(_ id: OrderID) { mark(Self.invoiced, id) }

  mutating func noteGrant(_ id: OrderID) {
    guard let number = ids.number(of: id) else { return }
    precondition(marks[number] & Self.granted == 0, "order \(id) granted twice")
    marks[number] |= Self.granted
  }

  /// What it gave was taken away.
  mutating func takeBack(_ id: OrderID) {
    if let number = ids.number(of: id) { marks[number] &= ~Self.granted }
  }

  private func has(_ mark: UInt8, _ id: OrderID) -> Bool {
    ids.number(of: id).map { marks[$0] & mark != 0 } ?? false
  }

  private mutating func mark(_ mark: UInt8, _ id: OrderID) {
    if let number = ids.number(of: id) { marks[number] |= mark }
  }

  mutating func list(_ fields: inout StateFields) {
    ids.list("orders", &fields)
    marks.list("marks", &fields)
    if ids.count != marks.count { fields.refuse() }
  }
}

/// When each subscriber's access to a channel ends.
struct AccessEnds: Sendable {
  /// A channel's number and the subscriber's id.
  private var subscribers = Register()
  /// Microseconds.
  private var ends = Column<Int64>()

  func end(of user: Personal, in channel: UInt32?) -> Instant? {
    guard let channel else { return nil }
    return Self.withKey(channel, user) { subscribers.number(of: $0) }
      .map { Instant(microseconds: ends[$0]) }
  }

  mutating func set(_ user: Personal, in channel: UInt32?, to end: Instant) {
    guard let channel else { preconditionFailure("access to no channel was granted") }
    let number = Self.withKey(channel, user) { subscribers.add($0) }
    if number == ends.count { ends.append(0) }
    ends[number] = end.microseconds
  }

  private static func withKey<R>(
    _ channel: UInt32, _ user: Personal, _ body: (UnsafeRawBufferPointer) -> R
  ) -> R {
    var user = user.value
    return user.withUTF8 { user in
      withUnsafeTemporaryAllocation(byteCount: user.count + 4, alignment: 4) { room in
        room.storeBytes(of: channel.littleEndian, as: UInt32.self)
        UnsafeMutableRawBufferPointer(rebasing: room[4...])
          .copyMemory(from: UnsafeRawBufferPointer(user))
        return body(UnsafeRawBufferPointer(room))
      }
    }
  }

  mutating func list(_ fields: inout StateFields) {
    subscribers.list("subscribers", &fields)
    ends.list("ends", &fields)
    if subscribers.count != ends.count { fields.refuse() }
  }
}
