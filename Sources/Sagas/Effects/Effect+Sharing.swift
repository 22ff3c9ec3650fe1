import Kernel

extension Effect {
  /// The lanes whose calls other nodes may make, in order.
  public static let sharedLanes = [
    "accumulator-payment-queue", "gchostpay1-response-queue", "nowpayments-invoice-queue",
    "nowpayments-status-queue", "telegram", "telegram-chat", "telegram-notices",
  ]

  /// Whether another node than the one that has the log may make the call: it needs nothing but
  /// what it says, and nothing is signed because of its answer alone.
  ///
  /// What leads to a signature stays where freeze, nonces, deposits and witness are; so does an
  /// owner's form, whose answer is a whole registration.
  public var isShared: Bool {
    switch self {
    case .createInvoice, .findRate, .watchSwap, .createInvite, .deliverInvite, .removeMember,
      .showPage, .deliverNotice, .post, .pollPayment:
      true
    case .answerChat(let e): e.screen.kind != .formOpening && e.screen.kind != .formSaving
    case .estimate, .openSwap, .checkSwap, .prepareTransfer, .signTransfer, .signReplacement,
      .settleTransfer:
      false
    }
  }
}
