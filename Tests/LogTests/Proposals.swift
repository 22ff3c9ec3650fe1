@testable import Kernel
@testable import Log

/// Facts and proposals for stories about stores.
func instant(_ second: Int) -> Instant {
  Instant(microseconds: 1_764_000_000_000_000 + Int64(second) * 1_000_000)
}

func genesis(_ environment: Environment = .sandbox, log: String) -> LedgerEvent {
  .ledger(.opened(GenesisEvent.Opened(environment: environment, log: log)))
}

func id<Kind>(_ text: String, _ kind: Kind.Type = Kind.self) -> ID<Kind> {
  guard let id = ID<Kind>(text: text) else { preconditionFailure("\(text) is no id") }
  return id
}

func placed(_ order: Int, channel: Int = 1) -> LedgerEvent {
  var fact = OrderEvent.Placed()
  fact.channel = id("ch\(channel)")
  fact.days = 30
  fact.kind = .subscription
  fact.order = id("order\(order)")
  fact.price = Money(25_00000000, .usd)
  fact.tier = 1
  fact.user = Personal("Zoë \(order)")
  return .order(.placed(fact))
}

func invoiced(_ order: Int, channel: Int = 1) -> LedgerEvent {
  var fact = OrderEvent.Invoiced()
  fact.channel = id("ch\(channel)")
  fact.invoice = id("inv\(order)")
  fact.order = id("order\(order)")
  fact.url = "https://pay.example/\(order)?a=\"b\"&c=\\d"
  return .order(.invoiced(fact))
}

func stream(_ text: String) -> StreamName {
  guard let name = StreamName(text: text) else { preconditionFailure("\(text) is no stream") }
  return name
}

func tag(_ text: String) -> Tag {
  guard let tag = Tag(text: text) else { preconditionFailure("\(text) is no tag") }
  return tag
}

func expect(_ text: String, _ version: UInt64) -> StreamExpectation {
  StreamExpectation(stream: stream(text), version: version)
}

func proposal(
  _ command: String, _ events: [LedgerEvent], expected: [StreamExpectation] = [], digest: UInt8 = 7,
  second: Int = 0, causedBy: UInt64? = nil
) -> Proposal {
  Proposal(
    command: id(command), digest: [UInt8](repeating: digest, count: 32), actor: "test",
    causedBy: causedBy, at: instant(second), events: events, expected: expected)
}
