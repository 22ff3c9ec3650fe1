import HTTP
import JSON
import Kernel
import Log

/// A channel as its stream tells it, up to some position.
struct ChannelView: Sendable {
  let channel: ChannelState
  let createdAt: Instant
  let updatedAt: Instant

  /// Nil where there was no such channel by then.
  init?(
    _ key: ChannelKey, in store: any EventStore, upTo position: UInt64 = .max
  ) throws(StoreError) {
    guard let stream = StreamName(text: "channel-\(key)") else { return nil }
    var channel: ChannelState?
    var (created, updated) = (Instant.blank, Instant.blank)
    var version: UInt64 = 0
    while true {
      let page = try store.read(stream, after: version, limit: 1_000)
      for stored in page where stored.position <= position {
        guard case .channel(let event) = try stored.event() else { continue }
        if case .registered(let registered) = event {
          channel = ChannelState(registered)
          created = stored.at
        } else {
          channel?.take(event)
        }
        updated = stored.at
      }
      version += UInt64(page.count)
      if page.count < 1_000 { break }
    }
    guard let channel else { return nil }
    self.channel = channel
    createdAt = created
    updatedAt = updated
  }

  /// All fields of a registration, as a form would send them.
  static func form(of channel: ChannelState) -> [JSONMember] {
    let (offer, payout) = (channel.offer, channel.payout)
    var members: [JSONMember] = [
      JSONMember("open_channel_id", .string(channel.open.text)),
      JSONMember("open_channel_title", .string(offer.open.title)),
      JSONMember("open_channel_description", .string(offer.open.description)),
      JSONMember("closed_channel_id", .string(channel.closed.text)),
      JSONMember("closed_channel_title", .string(offer.closed.title)),
      JSONMember("closed_channel_description", .string(offer.closed.description)),
      JSONMember(
        "closed_channel_donation_message", offer.donationMessage.map(JSONValue.string) ?? .null),
      JSONMember("tier_count", .integer(offer.tiers.count)),
    ]
    for (index, tier) in offer.tiers.enumerated() {
      members.append(JSONMember("sub_\(index + 1)_price", .string(tier.price.amountText)))
      members.append(JSONMember("sub_\(index + 1)_time", .integer(tier.days)))
    }
    return members + [
      JSONMember("client_wallet_address", .string(payout.wallet)),
      JSONMember("client_payout_currency", .string(payout.asset.currency)),
      JSONMember("client_payout_network", .string(payout.asset.network)),
      JSONMember("payout_strategy", .string(payout.strategy.text)),
      JSONMember("payout_threshold_usd", .string(payout.threshold.amountText)),
      JSONMember("notification_status", .bool(offer.notify != nil)),
      JSONMember("notification_id", offer.notify.map { .string($0.value) } ?? .null),
    ]
  }

  private var members: [JSONMember] {
    [JSONMember("channel_key", .string(channel.key.text))] + Self.form(of: channel) + [
      JSONMember(
        "tiers",
        .array(
          channel.tiers.map {
            .object(["price": .string($0.price.amountText), "days": .integer($0.days)])
          })),
      JSONMember("is_closed", .bool(channel.isClosed)),
      JSONMember("version", .integer(channel.version)),
      JSONMember("created_at", .string(createdAt.text)),
      JSONMember("updated_at", .string(updatedAt.text)),
    ]
  }

  /// With what is owed to it, how far that is, and what it waits for.
  func json(_ collected: Collected, isFrozen: Bool) -> JSONValue {
    let owed = collected.waiting + collected.elsewhere + collected.reserved
    let progress = channel.progress(collected).map {
      JSONValue.object([
        "waiting": .string($0.waiting.amountText), "threshold": .string($0.threshold.amountText),
        "percent": .string($0.percent),
      ])
    }
    return .object(
      members + [
        JSONMember("owed", .string(owed.amountText)),
        JSONMember("accumulated_usd", .string(collected.waiting.amountText)),
        JSONMember("reserved_usd", .string(collected.reserved.amountText)),
        JSONMember("progress", progress ?? .null),
        JSONMember("payments_waiting", .integer(collected.payments)),
        JSONMember("waiting", .array(waiting(collected, isFrozen: isFrozen))),
      ])
  }

  /// As of a position in the past: what was owed then, and nothing of what it waited for.
  func json(owed: [Money]) -> JSONValue {
    let usdt = owed.first { $0.asset == .usdt } ?? .zero(.usdt)
    return .object(members + [JSONMember("owed", .string(usdt.amountText))])
  }

  /// Why nothing is paid yet.
  private func waiting(_ collected: Collected, isFrozen: Bool) -> [JSONValue] {
    collected.reasons(channel.payout, isFrozen: isFrozen).map {
      .object(["reason": .string($0.reason), "text": .string($0.text)])
    }
  }
}
