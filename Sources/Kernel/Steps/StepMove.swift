/// What a step is a step of.
public enum StepKind: String, Word {
  case conversion, batch, split, hostpay, transfer

  public static let words = WordList<StepKind>()
}

/// Where the step of a process stands.
public enum StepState: String, Word {
  case requested, opened, estimating, estimated, opening, watching, checked, signed
  case handedOff = "handed_off"
  case nonceReserved = "nonce_reserved"
  case cancelling
  case held, parked
  case completed, failed, funded, confirmed, reverted, cancelled, retried, refunded, replaced

  public static let words = WordList<StepState>()
}

/// A process, by its kind and the id of what it is about; hostpay has its split's.
public struct ProcessKey: Hashable, Comparable, Sendable {
  public internal(set) var kind: StepKind
  private var name: ShortName

  public var id: String { name.text }

  public init(_ kind: StepKind, _ id: String) {
    self.kind = kind
    name = ShortName(id)
  }

  init<Kind>(_ kind: StepKind, _ id: ID<Kind>) {
    self.kind = kind
    name = ShortName(id)
  }

  public static let blank = ProcessKey(.blank, "")

  public static func < (left: Self, right: Self) -> Bool {
    (left.kind.rawValue, left.id) < (right.kind.rawValue, right.id)
  }

  public mutating func list(_ fields: inout StateFields) {
    var id = id
    fields.text("kind", &kind)
    fields.text("id", &id)
    name = ShortName(id)
  }
}

/// That a fact brings a process into a state.
public struct StepMove: Sendable {
  public enum Attempt: Hashable, Sendable { case same, next, number(Int) }

  public let key: ProcessKey
  public let channel: ChannelKey
  public let state: StepState
  public var reason: String?
  /// Until when the outside's offer stands.
  public var deadline: Instant?
  public var attempt = Attempt.same
  /// Whether the reason that stood before still says why.
  public var keepsReason = false

  public init(_ key: ProcessKey, _ channel: ChannelKey, _ state: StepState) {
    self.key = key
    self.channel = channel
    self.state = state
  }
}

/// Where each process stands that hasn't ended, as the facts so far have it; nil of all others.
public typealias StepStanding = (ProcessKey) -> StepState?

extension LedgerEvent {
  /// Every process that the fact moves, in the order of their telling.
  public func moves(_ standing: StepStanding) -> [StepMove] {
    switch self {
    case .conversion(let event): [event.move].compactMap { $0 }
    case .batch(let event): [event.move]
    case .split(let event): event.moves(standing)
    case .hostpay(let event): event.moves
    case .transfer(let event): event.moves(standing)
    case .ledger, .channel, .order, .payment, .accumulation, .wallet, .account, .invite,
      .membership, .chat:
      []
    }
  }
}

extension ConversionEvent {
  fileprivate var move: StepMove? {
    func to(
      _ state: StepState, _ id: ConversionID, _ channel: ChannelKey, _ reason: String? = nil
    ) -> StepMove {
      var move = StepMove(ProcessKey(.conversion, id), channel, state)
      move.reason = reason
      return move
    }
    switch self {
    case .requested(let e): return to(.requested, e.conversion, e.channel)
    case .completed(let e): return to(.completed, e.conversion, e.channel)
    case .failed(let e): return to(.failed, e.conversion, e.channel, e.reason)
    case .shared: return nil
    case .retried(let e): return to(.retried, e.conversion, e.channel, e.reason)
    }
  }
}

extension BatchEvent {
  fileprivate var move: StepMove {
    func to(
      _ state: StepState, _ id: BatchID, _ channel: ChannelKey, _ reason: String? = nil
    ) -> StepMove {
      var move = StepMove(ProcessKey(.batch, id), channel, state)
      move.reason = reason
      return move
    }
    switch self {
    case .opened(let e): return to(.opened, e.batch, e.channel)
    case .handedOff(let e): return to(.handedOff, e.batch, e.channel)
    case .completed(let e): return to(.completed, e.batch, e.channel)
    case .failed(let e): return to(.failed, e.batch, e.channel, e.reason)
    case .retried(let e): return to(.retried, e.batch, e.channel, e.reason)
    }
  }
}

/// A split's own move.
private func split(
  _ state: StepState, _ id: SplitID, _ channel: ChannelKey, _ reason: String? = nil,
  deadline: Instant? = nil, attempt: StepMove.Attempt = .same
) -> StepMove {
  var move = StepMove(ProcessKey(.split, id), channel, state)
  move.reason = reason
  move.deadline = deadline
  move.attempt = attempt
  return move
}

/// What was under way to pay for a split's swap is over with it; nothing of it was sent.
private func leaving(
  _ id: SplitID, _ channel: ChannelKey, _ state: StepState, _ standing: StepStanding
) -> [StepMove] {
  [ProcessKey(.hostpay, id), ProcessKey(.transfer, id.transfer)]
    .filter { standing($0) != nil }.map { key in
      var move = StepMove(key, channel, state)
      move.keepsReason = true
      return move
    }
}

extension SplitEvent {
  fileprivate func moves(_ standing: StepStanding) -> [StepMove] {
    switch self {
    case .requested(let e):
      return [split(e.route == .swap ? .estimating : .opened, e.split, e.channel)]
    case .estimated(let e):
      return [split(.estimated, e.split, e.channel, deadline: e.validUntil)]
    case .swapIntended(let e):
      return [split(.opening, e.split, e.channel, attempt: .number(e.attempt))]
    case .swapOpened(let e):
      return [
        split(
          .opened, e.split, e.channel, deadline: e.validUntil, attempt: .number(e.attempt))
      ]
    case .swapAbandoned(let e):
      return [split(.estimating, e.split, e.channel)]
        + leaving(e.split, e.channel, .retried, standing)
    case .swapObserved(let e):
      // What waits for a person goes on waiting, whatever the provider says meanwhile.
      guard standing(ProcessKey(.split, e.split)) != .held else { return [] }
      return [split(.watching, e.split, e.channel)]
    case .completed(let e): return [split(.completed, e.split, e.channel)]
    case .held(let e): return [split(.held, e.split, e.channel, e.reason)]
    case .failed(let e):
      return [split(.failed, e.split, e.channel, e.reason)]
        + leaving(e.split, e.channel, .failed, standing)
    case .asked, .swapRegressed: return []
    case .refunded(let e):
      let reason = "\(e.refunded.amountText) of \(e.source.amountText) \(e.source.asset) came back"
      // What it paid for goes on by itself, unless that is a payment that is paid at once.
      return [split(e.purpose.payment == nil ? .refunded : .held, e.split, e.channel, reason)]
    case .replaced(let e): return [split(.replaced, e.split, e.channel, e.reason)]
    case .released(let e): return Self.resumption(e.split, e.channel, at: e.next, standing)
    case .retried(let e): return Self.resumption(e.split, e.channel, at: e.next, standing)
    }
  }

  /// A split goes on; what its hostpay was held for is over with it.
  private static func resumption(
    _ id: SplitID, _ channel: ChannelKey, at next: SplitStep, _ standing: StepStanding
  ) -> [StepMove] {
    let state: StepState =
      switch next {
      case .estimate: .estimating
      case .fund: .opened
      case .watch: .watching
      }
    let left = next == .watch ? [] : leaving(id, channel, .retried, standing)
    return [split(state, id, channel)] + left
  }
}

extension HostpayEvent {
  fileprivate var moves: [StepMove] {
    func to(_ state: StepState, _ id: SplitID, _ channel: ChannelKey) -> StepMove {
      StepMove(ProcessKey(.hostpay, id), channel, state)
    }
    switch self {
    case .requested(let e):
      var move = to(.requested, e.split, e.channel)
      move.attempt = .next
      return [move]
    case .checked(let e): return [to(.checked, e.split, e.channel)]
    case .funded(let e):
      let funded = to(.funded, e.split, e.channel)
      return e.swap == nil ? [funded] : [funded, split(.watching, e.split, e.channel)]
    case .held(let e):
      var move = to(.held, e.split, e.channel)
      move.reason = e.reason
      return [move]
    }
  }
}

extension TransferEvent {
  fileprivate func moves(_ standing: StepStanding) -> [StepMove] {
    func to(
      _ state: StepState, _ id: TransferID, _ channel: ChannelKey, _ reason: String? = nil,
      attempt: Int? = nil
    ) -> [StepMove] {
      var move = StepMove(ProcessKey(.transfer, id), channel, state)
      move.reason = reason
      if let attempt { move.attempt = .number(attempt) }
      return [move]
    }
    switch self {
    case .requested(let e): return to(.requested, e.transfer, e.channel)
    case .nonceReserved(let e): return to(.nonceReserved, e.transfer, e.channel)
    case .signed(let e): return to(.signed, e.transfer, e.channel, attempt: e.attempt)
    case .bumpRequested(let e):
      return to(e.cancels ? .cancelling : .signed, e.transfer, e.channel, attempt: e.attempt)
    case .cancelRequested(let e):
      return to(e.nonce == nil ? .cancelled : .cancelling, e.transfer, e.channel, e.reason)
    case .cancelSigned(let e):
      return to(.cancelling, e.transfer, e.channel, attempt: e.attempt)
    case .released(let e):
      // What it pays goes on with it.
      var moves = to(.requested, e.transfer, e.channel)
      guard let split = e.transfer.split else { return moves }
      for (key, state) in [
        (ProcessKey(.split, split), StepState.opened), (ProcessKey(.hostpay, split), .checked),
      ] where standing(key) == .held {
        moves.append(StepMove(key, e.channel, state))
      }
      return moves
    case .confirmed(let e): return to(.confirmed, e.transfer, e.channel)
    case .reverted(let e): return to(.reverted, e.transfer, e.channel)
    case .cancelled(let e): return to(.cancelled, e.transfer, e.channel)
    case .parked(let e): return to(.parked, e.transfer, e.channel, e.reason)
    case .guarded(.held(let e)): return to(.held, e.transfer, e.channel, e.reason)
    case .guarded(.approved), .guarded(.cleared): return []
    }
  }
}
