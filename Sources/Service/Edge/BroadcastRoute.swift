import Engine
import JSON
import Kernel

// POST /api/channels/{id}/broadcast: an owner has his offer posted now, and his donation message.

extension Call {
  func broadcast() {
    guard let (_, caller) = signedIn(), isEmptyBody(), let key = ownChannel(caller) else { return }
    parts.gate.inspect { state in
      guard let channel = state.channel(key) else { return refuse(.notFound, "no such channel") }
      post(channel.open, .open) { answer in
        if let problem = obstacle(answer, field: nil) { return refuse(problem) }
        // It has a cooldown of its own, which the offer's stands for.
        post(channel.open, .closed) { _ in
          send(202, .object([JSONMember("status", .string("posting"))]))
        }
      }
    }
  }

  private func post(
    _ open: OpenChannelID, _ place: PostPlace, _ then: @escaping @Sendable (Answer) -> Void
  ) {
    let command = LedgerCommand.chat(.post(open, place, isByHand: true))
    let body = JSONValue.object([
      "open": .string(open.text), "place": .string(place.text),
    ])
    guard let (id, digest) = identity(scoped("channel.post/\(place.text)"), body) else { return }
    parts.gate.submit(
      Submission(id: id, digest: digest, command: command, actor: actor), then: then)
  }
}
