import Kernel

/// A payout address as swap providers take it: the account, and beside it the tag or memo that says
/// whose of those that share the account the money is (SW-16).
struct PayoutPlace: Hashable {
  let address: String
  let extra: String?

  /// An XRP X-address is taken apart, any other is its own place.
  init(_ address: String, of asset: Asset) {
    guard asset.network == "XRP", let ripple = RippleAddress(address) else {
      (self.address, extra) = (address, nil)
      return
    }
    (self.address, extra) = (ripple.classic, ripple.tag.map { String($0) })
  }

  /// Whether a provider's address and tag are this very place; an X-address may stand for both.
  func isMeant(by address: String, _ extra: String?, of asset: Asset) -> Bool {
    var said = PayoutPlace(address, of: asset)
    if said.extra == nil { said = PayoutPlace(address: said.address, extra: extra) }
    return said == self && (extra == nil || extra == self.extra)
  }

  private init(address: String, extra: String?) {
    self.address = address
    self.extra = extra
  }
}
