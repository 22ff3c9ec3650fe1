/// What was seen in a run, and how often: rare situations by name, and states that met facts.
///
/// A mark that stays at nought over many seeds is a test that isn't made.
package struct Marks: Sendable {
  /// By name.
  package private(set) var counts: [String: Int] = [:]
  /// `state × fact`.
  package private(set) var cells: [String: Int] = [:]

  package init() {}

  init(_ counts: [String: Int], _ cells: [String: Int]) {
    self.counts = counts
    self.cells = cells
  }

  mutating func add(_ name: String) { counts[name, default: 0] += 1 }
  mutating func add(cell: String) { cells[cell, default: 0] += 1 }

  package mutating func add(_ other: Marks) {
    counts.merge(other.counts) { $0 + $1 }
    cells.merge(other.cells) { $0 + $1 }
  }

  /// The situations that every large campaign must meet; a new mark is named here too.
  package static let named = [
    "books: a refund is booked", "books: a refund waits for a person", "chain: another branch",
    "chain: another branch, and ours taken out",
    "chain: a node lags behind",
    "chain: dear gas",
    "chain: finality stands still",
    "chain: the pool lost what was ours",
    "chain: a nonce was consumed and paid nobody",
    "clock: set",
    "disk: a call failed and the process ended",
    "disk: a segment was sealed",
    "disk: a slow sync", "disk: full, and the machine began again",
    "kill: after answer",
    "kill: after call",
    "kill: after sync",
    "kill: before append",
    "kill: during append",
    "disk: a lie was found out",
    "disk: what it lied about came back from the mirror",
    "network: a request was done twice",
    "network: done, and a page in place of the answer",
    "network: done, and the answer lost",
    "notice: answered 200",
    "notice: answered 403",
    "notice: answered 503",
    "outage: changenow",
    "outage: ethereum",
    "outage: nowpayments",
    "payer: a forged notice",
    "payer: an id that another order's payment has",
    "payer: finished long before the money comes",
    "payer: finished with far too little",
    "payer: finished with nothing",
    "payer: finished, then failed",
    "payer: finished, then refunded",
    "payer: in a coin that nobody can send",
    "payer: never paid",
    "payer: no notice at all",
    "payer: notices in many copies",
    "payer: paid again to the same address",
    "payer: paid too little",
    "payer: paid too much",
    "payer: statuses in no order",
    "people: a booking is spoken against",
    "people: a held payment waits",
    "people: a payment taken back waits",
    "people: a payment was reversed, payable",
    "people: a payment was reversed, receivable",
    "people: a payment is said to be for two orders",
    "people: a payment's ruling, accept",
    "people: a payment's ruling, refund",
    "people: a payment's ruling, reverse",
    "people: a payment's ruling, uphold",
    "people: a payment's ruling, write-off",
    "people: a ruling was refused",
    "people: a transfer over a cap waits",
    "people: a transfer over a cap was approved",
    "power cut: after answer",
    "power cut: after call",
    "power cut: after sync",
    "power cut: before append",
    "power cut: during append",
    "process: stood still",
    "proofs: a checkpoint was signed",
    "proofs: many checkpoints, and each is how the log begins",
    "pool: conversions of many payments",
    "recovery: a provider was away from adoption",
    "recovery: adoption left something",
    "recovery: adoption left something, and the mirror was found",
    "recovery: adoption was cut off",
    "recovery: an older copy was restored",
    "recovery: completed after adoption",
    "recovery: completed with a new epoch",
    "recovery: completed, and facts came back",
    "recovery: completed, and nothing was missing",
    "recovery: what was signed was adopted",
    "recovery: the log ended before what was signed of it",
    "recovery: the witness had a transfer that the log had forgotten",
    "snapshot: a start went on from one",
    "snapshot: kept",
    "steps: no more tries by itself",
    "steps: one is overdue",
    "steps: one was tried again by itself",
    "swap: error500",
    "swap: expire",
    "swap: fail",
    "swap: hang",
    "swap: nothing is told of any",
    "swap: refund",
    "swap: refuse",
    "swap: verifying",
    "tables: made anew, and the same",
    "wallet: the node was away at the start",
    "zombie: the folder is locked",
    "zombie: had nothing to say",
    "zombie: said what was said",
    "zombie: kept out by its epoch alone",
    "zombie: was contradicted",
  ]
}
