import Foundation
import JSON
import Kernel
import Log
import Service
import Support
import Testing

@Suite struct TimelineCommandTests {
  @Test("does: a client's story reads from the registration to the payout, balances down to zero")
  func story() throws {
    let folder = try StoryFolder()
    let outcome = try WeirProcess.run("timeline", "--data", folder.path, "-1001001")
    #expect(outcome.code == 0, "\(outcome.err)")
    let lines = outcome.lines
    #expect(
      lines[0].split(separator: " ") == ["POSITION", "AT", "EVENT", "AMOUNT", "BALANCE", "REMARK"])
    let events = folder.story.log.filter {
      $0.event.place.tags.contains(.channel(ChannelKey(naming: "-1001001")!))
    }
    #expect(lines.count == events.count + 1)
    let locks = lines.filter { $0.contains("accumulation.locked") }
    let ends = locks.map { $0.split(separator: " ").suffix(2).joined(separator: " ") }
    #expect(ends == ["24.25 USDT-ETH", "72.75 USDT-ETH", "101.85 USDT-ETH"])
    #expect(lines.last?.contains(" 0.00 USDT-ETH  3 payments of ") == true)
    #expect(!outcome.out.contains("\u{1b}"))
    let byKey = try WeirProcess.run("timeline", "ch-1001001", "--data", folder.path)
    #expect(byKey.out == outcome.out)
  }

  @Test("does: as JSON, one object a line, up to a position or a time")
  func json() throws {
    let folder = try StoryFolder()
    let whole = try WeirProcess.run("timeline", "--data", folder.path, "-1001001", "--json")
    let entries = try whole.lines.map { try JSONValue.parse(Array($0.utf8)) }
    let locks = entries.filter { $0["name"]?.text == "accumulation.locked.v1" }
    let lock = locks[1]
    #expect(lock["amount"]?["amount"]?.text == "48.50")
    #expect(lock["balance"]?.items?.first?["amount"]?.text == "72.75")
    let position = try #require(lock["position"]?.integer)
    let then = try WeirProcess.run(
      "timeline", "--data", folder.path, "--json", "--asof", "\(position)", "-1001001")
    #expect(whole.lines.starts(with: then.lines))
    #expect(then.lines.last == String(decoding: lock.written(.asIs), as: UTF8.self))
    let time = try #require(lock["at"]?.text)
    let atTime = try WeirProcess.run(
      "timeline", "--data", folder.path, "--json", "--asof=\(time)", "-1001001")
    #expect(atTime.lines.starts(with: then.lines))
  }

  @Test("does: it reads beside a writer, and sees what was added")
  func besideAWriter() throws {
    let folder = try StoryFolder()
    let store = try FileStore.open(folder: folder.scratch.file("log"), environment: .sandbox)
    let before = try WeirProcess.run("timeline", "--data", folder.path, "-1001001")
    #expect(before.code == 0, "\(before.err)")
    var story = folder.story
    let known = story.log.count
    story.change(ChannelKey(naming: "-1001001")!, threshold: "200")
    for recorded in story.log[known...] {
      try StoryFolder.append(recorded.event, of: recorded, to: store)
    }
    let after = try WeirProcess.run("timeline", "--data", folder.path, "-1001001")
    #expect(after.lines.count == before.lines.count + 1)
    try store.close()
  }

  @Test("refuses: channels nobody knows, and times that are none")
  func refuses() throws {
    let folder = try StoryFolder()
    let unknown = try WeirProcess.run("timeline", "--data", folder.path, "-1009999999")
    #expect(unknown.code == 1, "\(unknown)")
    #expect(unknown.out.isEmpty)
    for words in [["--asof", "yesterday"], ["--asof", ""], ["extra"], ["--what"]] {
      let bad = try WeirProcess.run(["timeline", "--data", folder.path, "-1001001"] + words)
      #expect(bad.code == 64, "\(bad)")
    }
    let ahead = try WeirProcess.run("timeline", "--data", folder.path, "-1001001", "--asof", "9999")
    #expect(ahead.code == 2)
  }
}
