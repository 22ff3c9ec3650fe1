import Engine
import HTTP
import JSON
import Kernel
import Log
import Synchronization

// GET /api/batches lists them; POST /api/admin/batches/run opens what is due: the old platform's
// batch run, whose error in one client's batch never stops another's.

extension Call {
  func listBatches() {
    var channel: ChannelKey?
    if request.query.contains(where: { $0.name == "channel" }) {
      channel = request.queryValue("channel").flatMap(ChannelKey.init(naming:))
      if channel == nil { return refuse(.queryInvalid, "channel must be an open id or a key") }
    }
    // Of an account's, its own alone.
    switch (channel, caller) {
    case (let channel?, _): listBatches(of: maySee(channel) ? [channel] : [])
    case (nil, let caller?): listBatches(of: caller.readsAll ? nil : caller.account.channels)
    case (nil, nil): listBatches(of: nil)
    }
  }

  /// One channel's batches.
  func listPayouts() {
    if let channel = knownChannel() { listBatches(of: [channel]) }
  }

  private func listBatches(of channels: [ChannelKey]?) {
    guard let limit = number("limit", 1...500, standard: 100),
      let after = number("after", 0...Int(Int32.max), standard: 0)
    else { return }
    let status = request.queryValue("status")
    if request.query.contains(where: { $0.name == "status" }) {
      let words = ["pending", "processing", "completed", "failed"]
      guard let status, words.contains(status) else {
        return refuse(.queryInvalid, "status must be \(words.joined(separator: ", "))")
      }
    }
    readTables {
      do throws(TableReadFailure) {
        try sendBatches(channels, status, after: after, limit: limit)
      } catch {
        fail(error.words)
      }
    }
  }

  private func sendBatches(
    _ channels: [ChannelKey]?, _ status: String?, after: Int, limit: Int
  ) throws(TableReadFailure) {
    let position = parts.tables.place
    var writer = JSONWriter(reserving: limit << 10)
    writer.beginObject()
    writer.name("batches")
    writer.beginArray()
    var found = 0
    var place = after
    var hasMore = true
    // Where nothing is passed over, one more than is asked for tells whether there are more. What
    // is passed over counts: a batch that gets another status moves no other one's place.
    let portion = status == nil ? limit + 1 : 500
    while found < limit, hasMore {
      let page = try parts.tables.batches(of: channels, after: place, limit: portion)
      hasMore = page.count == portion
      for record in page {
        guard found < limit else {
          hasMore = true
          break
        }
        place += 1
        guard status == nil || record.status == status else { continue }
        writer.raw(record.json)
        found += 1
      }
    }
    writer.endArray()
    writer.name("next")
    if hasMore { writer.integer(place) } else { writer.null() }
    writer.name("position")
    writer.integer(position)
    writer.endObject()
    send(200, written: writer.bytes, position: position)
  }

  /// Opens a batch for every group at or over its threshold; with `retry`, also for those whose
  /// last batch failed at the same sum.
  ///
  /// A dry run tells what would be opened, and opens nothing. Who it was is in the log: the
  /// account, or `actor` beside the operators' key, or the key.
  func runBatches() {
    guard let body = object(allowsEmpty: true) else { return }
    var fields = FieldReader(body)
    let isRetry = fields.flag("retry", standard: false)
    let isDry = fields.flag("dry_run", standard: isTrial)
    let actor = "operator:\(person(&fields, isOptional: true) ?? "key")"
    if let problem = fields.problem() { return refuse(problem) }
    parts.gate.inspect { state in
      let due = state.dueGroups(isRetry: isRetry)
      guard !due.isEmpty else { return sendRun([]) }
      if isDry {
        let now = parts.clock()
        return sendRun(
          due.compactMap { group in
            BatchRunResult(
              group, state.decide(group.command(isRetry: isRetry).1, at: now))
          })
      }
      let run = BatchRun(count: due.count)
      for (index, group) in due.enumerated() {
        let (id, command) = group.command(isRetry: isRetry)
        let digest = CommandDigest.of(command)
        parts.gate.submit(
          Submission(id: id, digest: digest, command: command, actor: actor)
        ) { answer in
          if let all = run.take(index, answer) { finishRun(Array(zip(due, all))) }
        }
      }
    }
  }

  private func finishRun(_ answers: [(DueGroup, Answer)]) {
    read {
      do throws(StoreError) {
        var results: [BatchRunResult] = []
        for (group, answer) in answers {
          var result = BatchRunResult(channel: group.channel, wallet: group.wallet)
          switch answer {
          case .accepted(let first, _):
            let stored = try parts.store.read(after: first - 1, limit: 1).first
            if case .batch(.opened(let opened))? = try stored?.event() { result.opened = opened }
          case .replayed, .ignored: continue  // Another run was quicker, and reports it.
          case .refused(let refusal): result.obstacle = refusal.text
          case .keyReused, .full, .stopping: result.obstacle = answer.word
          }
          results.append(result)
        }
        sendRun(results)
      } catch {
        fail(error.description)
      }
    }
  }

  private func sendRun(_ results: [BatchRunResult]) {
    let opened = results.filter { $0.opened != nil }
    let failed = results.filter { $0.obstacle != nil }
    let message =
      opened.isEmpty
      ? "no batches" : "\(opened.count) \(opened.count == 1 ? "batch" : "batches") opened"
    var members = [
      JSONMember("status", .string("success")),
      JSONMember("message", .string(message)),
      JSONMember("batches_processed", .integer(opened.count)),
      JSONMember("batches", .array(opened.map(\.json))),
    ]
    if !failed.isEmpty { members.append(JSONMember("errors", .array(failed.map(\.json)))) }
    send(200, .object(members))
  }
}

/// What a run did for one group.
struct BatchRunResult: Sendable {
  let channel: ChannelKey
  let wallet: String
  var opened: BatchEvent.Opened?
  var obstacle: String?

  init(channel: ChannelKey, wallet: String) {
    self.channel = channel
    self.wallet = wallet
  }

  /// What a decision would come to; nil where it is so already.
  fileprivate init?(_ group: DueGroup, _ decision: Decision) {
    channel = group.channel
    wallet = group.wallet
    switch decision {
    case .accept(let events):
      for event in events {
        if case .batch(.opened(let opened)) = event { self.opened = opened }
      }
    case .ignore: return nil
    case .refuse(let refusal): obstacle = refusal.text
    }
  }

  var json: JSONValue {
    if let opened {
      return .object([
        "batch_id": .string(opened.batch.text), "client_id": .string(channel.text),
        "total_usdt": .string(opened.total.amountText),
        "payment_count": .integer(opened.members.count), "wallet": .string(wallet),
        "asset": .string(opened.asset.text),
      ])
    }
    return .object([
      "client_id": .string(channel.text), "wallet": .string(wallet),
      "error": obstacle.map(JSONValue.string) ?? .null,
    ])
  }
}

/// Gathers the answers of a run's commands.
private final class BatchRun: Sendable {
  private let answers: Mutex<[Answer?]>

  init(count: Int) { answers = Mutex(Array(repeating: nil, count: count)) }

  /// Takes one answer; gives them all with the last one.
  func take(_ index: Int, _ answer: Answer) -> [Answer]? {
    answers.withLock { answers in
      answers[index] = answer
      let all = answers.compactMap { $0 }
      return all.count == answers.count ? all : nil
    }
  }
}
