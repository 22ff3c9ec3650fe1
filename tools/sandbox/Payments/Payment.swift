import JSON
import Kernel

/// A page of the payment provider on which an order can be paid.
struct SandboxInvoice {
  let id: String
  let request: JSONValue
  let createdAt: Int
}

/// One payment at the payment provider.
struct SandboxPayment {
  let id: Int
  let order: String
  var invoice: Int?
  /// The payment whose address was paid to again.
  var parent: Int?
  var description: String?
  var price: String
  var priceCurrency: String
  var pay: String
  var payCurrency: String
  var paid: String
  var outcome: String
  var outcomeCurrency: String
  let payAddress: String
  var payinHash: String
  /// How the provider settled with the host wallet, where it did so on the sandbox chain.
  var payoutHash: String?
  /// Milliseconds from where it is finished to where the provider pays for it.
  var settlesAfter: Int
  /// It is finished, and the provider hasn't paid for it yet.
  var isOwed = false
  let createdAt: Int
  var updatedAt: Int
  var status: String
  /// Statuses yet to come.
  var ahead: [String]
  var delivery: Delivery
}

/// How a payment's notices go out.
struct Delivery {
  var url: String
  var manner: Manner
  /// How often each notice is sent although it was taken.
  var copies: Int

  enum Manner: String {
    case signed
    case unsigned
    /// Signed with another secret.
    case forged
    /// Changed after it was signed.
    case altered
    case none
  }
}

/// One notice: what was or is to be sent, and what came back.
struct Notice {
  let id: Int
  let payment: Int
  let order: String
  let status: String
  let delivery: Delivery
  let body: JSONValue
  var attempts: [Attempt] = []
  /// When it is sent next; nil once it was taken or given up.
  var dueAt: Int?

  struct Attempt {
    let at: Int
    /// A status code, or why there is none.
    let answer: String
    var isTaken: Bool { answer.count == 3 && answer.hasPrefix("2") }
  }
}
