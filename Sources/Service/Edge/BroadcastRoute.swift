import Engine
import JSON
import Kernel

// POST /api/channels/{id}/broadcast: an owner has his offer posted now, and his donation message.

extension Call {
  func broadcast() {
    guard let (_, caller) = signedIn(), isEmptyBody(), let key = ownChannel(caller) else { return }
    parts.gate.inspect { state in
      guard let channel = state.channel(key) else { return refuse(.notFound, "no such channel") }
      if isTrial { return tryPosts(channel.open, in: state) }
      post(channel.open, .open) { answer in
        if let problem = obstacle(answer, field: nil) { return refuse(problem) }
        // It has a cooldown of its own, which the offer's stands for.
        post(channel.open, .closed) { _ in
          send(202, .object([JSONMember("status", .string("posting"))]))
        }
      }
    }
  }

  private func command(_ open: OpenChannelID, _ place: PostPlace) -> LedgerCommand {
    .chat(.post(open, place, isByHand: true))
  }

  private func tryPosts(_ open: OpenChannelID, in state: LedgerState) {
    let now = parts.clock()
    guard case .accept(let events) = state.decide(command(open, .open), at: now) else {
      // What refuses it says so to the one who asks; what ignores it does nothing.
      if case .refuse(let why) = state.decide(command(open, .open), at: now) {
        return refuse(obstacle(.refused(why), field: nil) ?? Problem(why))
      }
      return sendTrial([])
    }
    var names = events.map(\.name)
    if case .accept(let more) = state.decide(command(open, .closed), at: now) {
      names += more.map(\.name)
    }
    sendTrial(names)
  }

  private func post(
    _ open: OpenChannelID, _ place: PostPlace, _ then: @escaping @Sendable (Answer) -> Void
  ) {
    let body = JSONValue.object([
      "open": .string(open.text), "place": .string(place.text),
    ])
    guard let (id, digest) = identity(scoped("channel.post/\(place.text)"), body) else { return }
    parts.gate.submit(
      Submission(id: id, digest: digest, command: command(open, place), actor: actor), then: then)
  }
}
