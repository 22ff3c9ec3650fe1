import HTTP
import JSON
import Kernel
import Log

// GET /api/channels/{id}/timeline and …/balance: what the log says of one client, now or as of
// then.

extension Call {
  func showTimeline() {
    guard let (channel, asOf, end) = clientQuestion(),
      let limit = number("limit", 1...1_000, standard: 100),
      let after = number("after", 0...Int.max, standard: 0)
    else { return }
    read {
      var items: [JSONValue] = []
      var last: UInt64 = 0
      var hasMore = false
      do throws(StoreError) {
        try history(channel, asOf ?? .position(end)).walk { item in
          guard item.entry.position > UInt64(after) else { return true }
          guard items.count < limit else {
            hasMore = true
            return false
          }
          items.append(item.json)
          last = item.entry.position
          return true
        }
      } catch {
        return fail(error.description)
      }
      send(
        200,
        .object([
          "channel": .string(channel.text), "as_of": .position(end), "entries": .array(items),
          "next": hasMore ? .position(last) : .null,
        ]), position: end)
    }
  }

  func showBalance() {
    guard let (channel, asOf, end) = clientQuestion() else { return }
    read {
      do throws(StoreError) {
        let balance = try history(channel, asOf ?? .position(end)).balance()
        send(
          200,
          .object([
            "channel": .string(channel.text), "as_of": .position(end), "balances": balance.json,
          ]), position: end)
      } catch {
        fail(error.description)
      }
    }
  }

  func history(_ channel: ChannelKey, _ asOf: AsOf) -> ClientHistory {
    let store = parts.store
    return ClientHistory(of: channel, asOf: asOf) { (tag, after, limit) throws(StoreError) in
      try store.facts(with: tag, after: after, limit: limit)
    }
  }

  /// The channel of the path and the time of the query; answers itself where they can't be taken.
  ///
  /// `end` is the position up to which the answer speaks: a page's next one asks for it again.
  func clientQuestion() -> (channel: ChannelKey, asOf: AsOf?, end: UInt64)? {
    let head = parts.store.head.position
    guard let channel = knownChannel() else { return nil }
    guard request.query.contains(where: { $0.name == "asof" }) else { return (channel, nil, head) }
    return wantedPast().map { (channel, .position($0.position), $0.position) }
  }

  /// The channel of the path; answers itself where there is none.
  func knownChannel() -> ChannelKey? {
    do throws(StoreError) {
      if let channel = ChannelKey(naming: parameters["id"]), maySee(channel),
        try parts.store.isRegistered(channel)
      {
        return channel
      }
      refuse(.notFound, "no such channel")
    } catch {
      fail(error.description)
    }
    return nil
  }
}

extension EventStore {
  /// Whether a channel was ever registered.
  func isRegistered(_ channel: ChannelKey) throws(StoreError) -> Bool {
    guard let stream = StreamName(text: "channel-\(channel)") else { return false }
    return try version(of: stream) > 0
  }
}
