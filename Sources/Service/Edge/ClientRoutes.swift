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
    let behind = UInt64(after)
    read {
      // Whoever turns the pages finds the mark that the page before left; whoever leaps, one that
      // is near once the history was walked.
      let mark = pasts.marks.nearest(channel, upTo: behind) ?? .start
      let way = mark.position == behind ? 1 : TimelineMarks.spacing + 1
      let portion = min(limit + way, ClientHistory.portion)
      var writer = JSONWriter(reserving: limit << 9)
      writer.beginObject()
      writer.name("channel")
      writer.string(channel.text)
      writer.name("as_of")
      writer.integer(end)
      writer.name("entries")
      writer.beginArray()
      var count = 0
      var last = mark
      var next: UInt64?
      var walked = 0
      do throws(StoreError) {
        try history(channel, asOf ?? .position(end)).walk(from: mark, portion: portion) {
          item, mark in
          walked += 1
          guard item.entry.position > behind else {
            if walked.isMultiple(of: TimelineMarks.spacing) {
              pasts.marks.keep(mark, of: channel)
            }
            return true
          }
          guard count < limit else {
            next = last.position
            return false
          }
          item.write(to: &writer)
          count += 1
          last = mark
          return true
        }
      } catch {
        return fail(error.description)
      }
      if next != nil { pasts.marks.keep(last, of: channel) }
      writer.endArray()
      writer.name("next")
      if let next { writer.integer(next) } else { writer.null() }
      writer.endObject()
      send(200, written: writer.bytes, position: end)
    }
  }

  /// Now as the ledger's books have it, and as of then by a fold of the client's facts.
  func showBalance() {
    guard let (channel, asOf, end) = clientQuestion() else { return }
    guard let asOf else {
      return parts.gate.inspect { state in
        let balance = ClientBalance(state.books, of: channel)
        let position = parts.store.head.position
        read { send(balance, asOf: position) }
      }
    }
    read {
      do throws(StoreError) {
        send(try history(channel, asOf).balance(), asOf: end)
      } catch {
        fail(error.description)
      }
    }
  }

  private func send(_ balance: ClientBalance, asOf position: UInt64) {
    send(
      200,
      .object([
        "channel": .string(balance.channel.text), "as_of": .position(position),
        "balances": balance.json,
      ]), position: position)
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
