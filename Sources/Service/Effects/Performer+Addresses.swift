import Gateways
import Kernel
import Sagas

extension Performer {
  /// Why the address that money would go to can't be one; nil where it is one, or none is named.
  ///
  /// Looked at when a channel is registered, and here again before a swap is made for it or a
  /// nonce is asked for (CH-20): what lies in the log may be older than the rule.
  static func addressObstacle(_ effect: Effect) -> String? {
    switch effect {
    case .openSwap(let e):
      PayoutAddress.obstacle(e.wallet, of: e.to).map { "\(e.wallet) \($0)" }
    case .prepareTransfer(let e, _):
      PayoutAddress.obstacle(e.to, of: e.amount.asset).map { "\(e.to) \($0)" }
    case .createInvoice, .findRate, .estimate, .checkSwap, .signTransfer, .signReplacement,
      .settleTransfer, .watchSwap, .createInvite, .deliverInvite, .removeMember, .answerChat,
      .showPage, .deliverNotice, .post, .pollPayment:
      nil
    }
  }
}
