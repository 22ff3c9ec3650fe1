import Engine
import Gateways
import HTTP
import JSON
import Kernel

// POST /api/channels/register: the body of domain 7.7.

extension Call {
  func registerChannel() {
    guard let body = object() else { return }
    var fields = FieldReader(body)
    let form = fields.registration()
    if let problem = fields.problem() { return refuse(problem) }
    guard let form else { return }
    // An account's channel is its own from the same moment on; the service's has no owner.
    let command: LedgerCommand =
      caller.map { .account(.registerChannel($0.account.id, form)) } ?? .channel(.register(form))
    if let caller, !isTrial, !mayAsk(.register, "register|\(caller.account.id)") { return }
    // Programs, which have keys, are no persons.
    if let desk = parts.accounts, caller?.session != nil, !isHuman(.register, desk) { return }
    guard let (id, digest) = identity(scoped("channel.register"), body) else { return }
    parts.gate.submit(
      Submission(id: id, digest: digest, command: command, actor: actor)
    ) { answer in
      if let problem = obstacle(answer, field: nil) { return refuse(problem) }
      guard let desk = parts.accounts, let position = answer.position else {
        return sendRegistered(form, answer)
      }
      desk.directory.after(position) { sendRegistered(form, answer) }
    }
  }

  private func sendRegistered(_ form: ChannelRegistration, _ answer: Answer) {
    send(
      201,
      .object([
        "success": .bool(true), "message": .string("Channel registered"),
        "channel_id": .string(form.open.id.text),
        "channel_key": .string(ChannelKey(registering: form.open.id).text),
      ]), position: answer.position)
  }
}

extension Answer {
  /// The last position of what was done; nil where nothing was.
  var position: UInt64? {
    switch self {
    case .accepted(_, let last), .replayed(_, let last): last
    case .ignored(let head): head
    case .refused, .keyReused, .stopping, .full: nil
    }
  }
}

extension FieldReader {
  /// The registration of a channel; nil where a field is wrong.
  mutating func registration() -> ChannelRegistration? {
    let open = face("open", OpenChannelID.self)
    let closed = face("closed", ClosedChannelID.self)
    let message = text(
      "closed_channel_donation_message", most: Limits.donationMessageMost, isOptional: true,
      allowsLines: true)
    let tiers = tiers()
    let payout = payout()
    let notify = notify()
    ignore("captcha_answer")
    guard let open, let closed, let payout, errors.isEmpty else { return nil }
    return ChannelRegistration(
      open: open, closed: closed, tiers: tiers, payout: payout, donationMessage: message,
      notify: notify)
  }

  private mutating func face<Kind: IDKind>(_ side: String, _ kind: ID<Kind>.Type)
    -> ChannelFace<Kind>?
  {
    let id = id("\(side)_channel_id", kind, "must be digits, at most 14 characters with the minus")
    let title = text("\(side)_channel_title", most: Limits.titleMost)
    let description = text(
      "\(side)_channel_description", most: Limits.descriptionMost, allowsLines: true)
    guard let id, let title, let description else { return nil }
    return ChannelFace(id: id, title: title, description: description)
  }

  /// Tiers 1 to `tier_count`; those beyond it must be absent, so that none is dropped unseen.
  private mutating func tiers() -> [Tier] {
    let count = integer("tier_count", 1...Limits.tiersMost)
    var tiers: [Tier] = []
    for number in 1...Limits.tiersMost {
      let isWanted = number <= count ?? 0
      let price = dollars("sub_\(number)_price", isOptional: !isWanted)
      let days = integer("sub_\(number)_time", 1...Limits.tierDaysMost, isOptional: !isWanted)
      if let price, !price.isPositive || !(Limits.priceMost >= price) {
        refuse("sub_\(number)_price", "must be above 0 and at most \(Limits.priceMost.amountText)")
      }
      if count != nil, !isWanted, price != nil || days != nil {
        refuse("sub_\(number)_price", "is beyond tier_count")
      }
      if isWanted, let price, let days { tiers.append(Tier(price: price, days: days)) }
    }
    return tiers
  }

  private mutating func payout() -> PayoutSettings? {
    let currency = text("client_payout_currency", most: 20)
    let network = text("client_payout_network", most: 20)
    var asset: Asset?
    if let currency, let network {
      asset = Asset(currency: currency, network: network)
      if asset == nil { refuse("client_payout_currency", "can't be paid out on that network") }
    }
    let wallet = wallet(on: asset)
    let strategy = word("payout_strategy", standard: PayoutStrategy.instant)
    let threshold: Money?
    switch strategy {
    case .instant:
      // A form sends its hidden field along; what counts for instant is zero (domain 7.1).
      _ = dollars("payout_threshold_usd", isOptional: true)
      threshold = .zero(.usd)
    case .threshold:
      threshold = dollars("payout_threshold_usd")
      if let threshold, !(threshold >= Limits.thresholdLeast) {
        refuse("payout_threshold_usd", "must be at least \(Limits.thresholdLeast.amountText)")
      }
    }
    guard let asset, let wallet, let threshold else { return nil }
    return PayoutSettings(asset: asset, wallet: wallet, strategy: strategy, threshold: threshold)
  }

  /// A wallet's address; a private key pasted by mistake is refused and goes nowhere.
  private mutating func wallet(on asset: Asset?) -> String? {
    let field = "client_wallet_address"
    guard let text = text(field, most: Limits.walletMost) else { return nil }
    if WalletText.looksLikePrivateKey(text) {
      refuse(field, "looks like a private key; never enter one anywhere")
      return nil
    }
    guard text.utf8.count >= 10, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      refuse(field, "must be 10 to \(Limits.walletMost) characters without spaces")
      return nil
    }
    if let asset, let obstacle = PayoutAddress.obstacle(text, of: asset) {
      refuse(field, obstacle)
      return nil
    }
    return text
  }

  private mutating func notify() -> Personal? {
    let isWanted = flag("notification_status", standard: false)
    guard let value = value("notification_id", isOptional: !isWanted) else { return nil }
    guard let text = value.text?.trimmed ?? value.number, (5...15).contains(text.utf8.count),
      UserID(text: text) != nil
    else {
      refuse("notification_id", "must be a Telegram id of 5 to 15 digits")
      return nil
    }
    return isWanted ? Personal(text) : nil
  }
}

/// What wallet addresses look like (domain 7.2).
enum WalletText {
  /// Raw keys as hex, Stellar seeds, and Bitcoin's WIF.
  static func looksLikePrivateKey(_ text: String) -> Bool {
    if SecretRule.looksLikeKey(text) { return true }
    let bytes = Array(text.utf8)
    guard let first = bytes.first else { return false }
    if first == UInt8(ascii: "S"), bytes.count == 56 {
      return bytes.allSatisfy { (65...90).contains($0) || (50...55).contains($0) }
    }
    return [UInt8(ascii: "5"), UInt8(ascii: "K"), UInt8(ascii: "L")].contains(first)
      && (51...52).contains(bytes.count)
      && bytes.allSatisfy { byte in
        let isAlphanumeric =
          (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        return isAlphanumeric && !"0OIl".utf8.contains(byte)
      }
  }
}
