import Engine
import Foundation
import Kernel
import Log
import Sagas
import Support
import Testing

@testable import Service

/// A log that the program of 27 November 2026 wrote: its bytes, ids and digests stay good for ever.
///
/// 301 facts of the line's own mix, with what processes and reports said.
@Suite struct GoldenLogTests {
  let scratch = ScratchFolder()

  private func open() throws -> FileStore {
    let folder = scratch.file("golden")
    let golden = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
    try FileManager.default.createDirectory(
      atPath: folder + "/segments", withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: golden.appending(path: "log.json"), to: URL(filePath: folder + "/log.json"))
    let name = "00000000000000000001.active"
    // Zeros were ahead of it.
    let frames = try Data(contentsOf: golden.appending(path: name))
    try (frames + Data(count: (1 << 20) - frames.count % (1 << 20)))
      .write(to: URL(filePath: folder + "/segments/" + name))
    var options = FileStore.Options()
    options.mayCreate = false
    return try FileStore.open(folder: folder, environment: .sandbox, options: options)
  }

  private var process: PayoutProcess {
    PayoutProcess(
      terms: SagaTerms(flow: .fixedRate), batchIntervalSeconds: 20, batchesAtOnce: false)
  }

  @Test("opens: whole, and every body, stream and tag of it is what is written today")
  func opens() throws {
    let store = try open()
    #expect(store.head.position == 301)
    #expect(store.recovery.cutBytes == 0)
    let found = try FileLogReader.open(folder: store.folder).verify()
    #expect(found.events == 301)
    #expect(found.head == store.head)
  }

  @Test("ignores: all that processes and reports say again, by the ids and digests of then")
  func replays() throws {
    let store = try open()
    var machine = Machine(process: process)
    try machine.replay(store)
    var process = process
    var asked: [Submission] = []
    for stored in try store.read(after: 0, limit: 1_000) {
      let recorded = try stored.recorded()
      for (step, command) in process.take(recorded).commands.enumerated() {
        let id = CommandID(process: "process", causedBy: recorded.position, step: step)
        // A few were to be asked for when the program ended.
        guard try store.outcome(of: id) != nil else { continue }
        asked.append(
          Submission(
            id: id, digest: CommandDigest.of(command), command: command, actor: "process",
            causedBy: recorded.position))
      }
      guard stored.command.text.hasPrefix("report/"), let intent = stored.causedBy,
        case .order(.invoiced(let e)) = recorded.event
      else { continue }
      let command = LedgerCommand.order(.noteInvoice(e.order, invoice: e.invoice, url: e.url))
      let digest = CommandDigest.of(command)
      asked.append(
        Submission(
          id: .composed("report", "\(intent)", HexText.of(digest.prefix(12))), digest: digest,
          command: command, actor: stored.actor, causedBy: intent))
    }
    #expect(asked.count(where: { $0.actor == "process" }) == 5)
    #expect(asked.count > 60)
    let now = try #require(store.head.at)
    for (answer, submission) in zip(try machine.step(asked, at: now, store).answers, asked) {
      guard case .replayed(let first, _) = answer else {
        Issue.record("\(submission.id) was answered \(answer)")
        continue
      }
      #expect(first > submission.causedBy ?? 0)
    }
  }
}
