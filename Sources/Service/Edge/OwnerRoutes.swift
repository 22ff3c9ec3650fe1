import Engine
import HTTP
import JSON
import Kernel
import Log

// Channels by their owner: GET /api/channels, and GET, PUT and DELETE of one. Whose a channel is
// was asked before anything of it is read: a stranger's is not there.

extension Call {
  func listChannels() {
    guard let (_, caller) = signedIn() else { return }
    let keys = caller.account.channels
    parts.gate.inspect { state in
      let collected = keys.map { state.collected(by: $0) }
      let isFrozen = state.frozen != nil
      let position = parts.store.head.position
      read {
        do throws(StoreError) {
          var channels: [JSONValue] = []
          for (key, collected) in zip(keys, collected) {
            guard let view = try ChannelView(key, in: parts.store) else { continue }
            channels.append(view.json(collected, isFrozen: isFrozen))
          }
          send(
            200,
            .object([
              "channels": .array(channels), "count": .integer(channels.count),
              "max_channels": .integer(Limits.channelsMost), "position": .position(position),
            ]), position: position)
        } catch {
          fail(error.description)
        }
      }
    }
  }

  func showChannel() {
    guard let (channel, asOf, end) = clientQuestion() else { return }
    guard let asOf else { return sendChannel(channel) }
    read {
      do throws(StoreError) {
        guard let view = try ChannelView(channel, in: parts.store, upTo: end) else {
          return refuse(.notFound, "no such channel")
        }
        let owed = try history(channel, asOf).balance().lines.map(\.owed)
        var response = HTTPResponse.json(view.json(owed: owed).written(.asIs))
        response.headers.add("Weir-Position", String(end))
        send(response)
      } catch {
        fail(error.description)
      }
    }
  }

  /// The channel as it is now, with its version as its tag.
  private func sendChannel(_ key: ChannelKey) {
    parts.gate.inspect { state in
      let collected = state.collected(by: key)
      let isFrozen = state.frozen != nil
      let position = parts.store.head.position
      read {
        do throws(StoreError) {
          guard let view = try ChannelView(key, in: parts.store) else {
            return refuse(.notFound, "no such channel")
          }
          var response = HTTPResponse.json(
            view.json(collected, isFrozen: isFrozen).written(.asIs))
          response.headers.add("Weir-Position", String(position))
          response.headers.add("ETag", "\"\(view.channel.version)\"")
          send(response)
        } catch {
          fail(error.description)
        }
      }
    }
  }

  /// Changes the fields that are sent; those that aren't stay.
  ///
  /// A change of where money goes takes the password, is told by mail, and waits (AU-19).
  func editChannel() {
    guard let (desk, caller) = signedIn(), let body = object(), let key = ownChannel(caller),
      let version = wantedVersion()
    else { return }
    parts.gate.inspect { state in
      guard let channel = state.channel(key) else { return refuse(.notFound, "no such channel") }
      read { edit(channel, body, version ?? channel.version, desk, caller) }
    }
  }

  private func edit(
    _ channel: ChannelState, _ body: JSONValue, _ version: Int, _ desk: AccountDesk,
    _ caller: Caller
  ) {
    let sent = (body.members ?? []).filter { $0.name != "current_password" }
    if let id = sent.first(where: { ["open_channel_id", "closed_channel_id"].contains($0.name) }) {
      let error = Problem.FieldError(field: id.name, problem: "stays for ever")
      return refuse(Problem(.fieldsInvalid, errors: [error]))
    }
    var fields = FieldReader(.object(Self.merged(ChannelView.form(of: channel), sent)))
    let form = fields.registration()
    if let problem = fields.problem() { return refuse(problem) }
    guard let form else { return refuse(.fieldsInvalid) }
    let command = LedgerCommand.channel(.edit(channel.key, form, version: version))
    let movesMoney =
      form.payout.wallet != channel.payout.wallet || form.payout.asset != channel.payout.asset
    let commit: @Sendable () -> Void = {
      // The digest stands in the log: no password in it.
      let tag = request.headers.only("If-Match") ?? ""
      change(command, .object(sent + [JSONMember("if_match", .string(tag))]), channel.key)
    }
    guard movesMoney else { return commit() }
    guard caller.session != nil else {
      return refuse(.signInNeeded, "an API key can't change where money goes")
    }
    guard let password = body["current_password"]?.text else {
      let error = Problem.FieldError(
        field: "current_password", problem: "is needed to change where money goes")
      return refuse(Problem(.fieldsInvalid, errors: [error]))
    }
    checkPassword(password, "current_password", caller, desk, commit)
  }

  /// A form with what was sent in place of what was there; tiers beyond a new count are dropped.
  private static func merged(_ form: [JSONMember], _ sent: [JSONMember]) -> [JSONMember] {
    let names = Set(sent.map(\.name))
    let count = sent.first { $0.name == "tier_count" }?.value
    let tiers = (count?.text ?? count?.number).flatMap { Int($0) } ?? Limits.tiersMost
    let dropped = Set(
      (1...Limits.tiersMost).filter { $0 > tiers }.flatMap {
        ["sub_\($0)_price", "sub_\($0)_time"]
      }
    )
    return form.filter { !names.contains($0.name) && !dropped.contains($0.name) } + sent
  }

  func closeChannel() {
    guard let (_, caller) = signedIn(), isEmptyBody(), let key = ownChannel(caller),
      let version = wantedVersion()
    else { return }
    parts.gate.inspect { state in
      guard let channel = state.channel(key) else { return refuse(.notFound, "no such channel") }
      let command = LedgerCommand.channel(
        .close(key, version: version ?? channel.version, reason: "its owner closed it"))
      change(command, .object([JSONMember("channel", .string(key.text))]), key)
    }
  }

  /// Where money goes stays as it is; what takes effect by now is no more to be cancelled.
  func cancelPayoutChange() {
    guard let (_, caller) = signedIn(), isEmptyBody(), let key = ownChannel(caller) else { return }
    change(
      .channel(.cancelPayoutChange(key, reason: "its owner cancelled it")),
      .object([JSONMember("cancelled", .string(key.text))]), key)
  }

  /// Asks for a change of a channel and shows what it is then.
  private func change(_ command: LedgerCommand, _ body: JSONValue, _ key: ChannelKey) {
    guard let (id, digest) = identity(scoped("channel.change"), body) else { return }
    parts.gate.submit(
      Submission(id: id, digest: digest, command: command, actor: actor)
    ) { answer in
      if let problem = obstacle(answer, field: nil) { return refuse(problem) }
      sendChannel(key)
    }
  }

  /// The path's channel, where it is the caller's; answers itself where it isn't, as where there is
  /// none.
  func ownChannel(_ caller: Caller) -> ChannelKey? {
    guard let key = ChannelKey(naming: parameters["id"]), caller.owns(key) else {
      refuse(.notFound, "no such channel")
      return nil
    }
    return key
  }

  /// The version that `If-Match` names, nil within for any; answers itself and gives nil where it
  /// names none.
  private func wantedVersion() -> Int?? {
    guard let text = request.headers.only("If-Match")?.trimmed else {
      refuse(.versionNeeded)
      return nil
    }
    if text == "*" { return .some(nil) }
    guard text.hasPrefix("\""), text.hasSuffix("\""), let version = Int(text.dropFirst().dropLast())
    else {
      refuse(Problem(.versionDiffers))
      return nil
    }
    return .some(version)
  }

  /// A kind of command for idempotency keys: one account's keys say nothing of another's.
  func scoped(_ kind: String) -> String {
    caller.map { "\(kind)/\($0.account.id)" } ?? kind
  }
}
