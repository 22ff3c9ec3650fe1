import Foundation
import JSON
import Kernel
import Log
import Support
import Testing

@Suite struct CommandLineTests {
  @Test("does: help and version on standard output, with the table of exit codes")
  func help() throws {
    for words in [["--help"], ["help"], ["serve", "--help"], ["log", "export", "-h"]] {
      let told = try WeirProcess.run(words)
      #expect(told.code == 0, "\(words)")
      #expect(told.out.contains("usage: weir"))
      #expect(told.out.contains("  3  the log is damaged"))
    }
    #expect(try WeirProcess.run("--version").out.hasPrefix("weir 0."))
  }

  @Test("refuses: nothing, unknown words, options twice, without value or with one too many")
  func usage() throws {
    let bad: [[String]] = [
      [], ["pay"], ["log"], ["log", "burn"], ["timeline"], ["config"], ["serve"],
      ["serve", "--data", "/tmp/x"], ["log", "verify", "--data", "x", "--data", "y"],
      ["log", "verify", "--data"], ["config", "check", "--sandbox=yes"],
      ["log", "verify", "--data", "x", "y"], ["projections", "rebuild", "--data", "x"],
      ["projections", "rebuild", "--data", "x", "--all", "sagas"],
      ["serve", "--data", "/tmp/x", "--listen", "nowhere"],
    ]
    for words in bad {
      let told = try WeirProcess.run(words)
      #expect(told.code == 64, "\(words)")
      #expect(told.out.isEmpty, "\(words)")
      #expect(!told.err.isEmpty, "\(words)")
    }
  }

  @Test("does: config check lists every problem at once, and shows no secret")
  func configuration() throws {
    let secret = "hush-hush-0123456789"
    let bad = try WeirProcess.run(
      "config", "check", variables: ["WEIR_FEE_BASIS_POINTS": "x", "WEIR_NO": "1"])
    #expect(bad.code == 2)
    #expect(bad.out.isEmpty)
    let lines = bad.err.split(separator: "\n")
    #expect(lines.count == 13, "\(bad.err)")
    for name in ["WEIR_FEE_BASIS_POINTS", "WEIR_NO", "WEIR_SERVICE_KEY", "WEIR_PUBLIC_URL"] {
      #expect(lines.contains { $0.hasPrefix("weir: \(name): ") }, "\(name)")
    }
    let good = try WeirProcess.run(
      "config", "check", "--sandbox", "--json",
      variables: ["WEIR_SERVICE_KEY": secret, "WEIR_SWAP_FLOW": "standard"])
    #expect(good.code == 0, "\(good.err)")
    #expect(!good.out.contains(secret))
    let flow = try good.lines.map { try JSONValue.parse(Array($0.utf8)) }
      .first { $0["setting"]?.text == "swap_flow" }
    #expect(flow?["value"]?.text == "standard")
    #expect(flow?["from"]?.text == "environment")
  }

  @Test("does: projections rebuilt from the log are what was listed")
  func projections() throws {
    let folder = try StoryFolder()
    let rebuilt = try WeirProcess.run("projections", "rebuild", "--all", "--data", folder.path)
    #expect(rebuilt.code == 0, "\(rebuilt.err)")
    #expect(!rebuilt.err.contains("%"))
    let listed = try WeirProcess.run("projections", "list", "--json", "--data", folder.path)
    #expect(listed.code == 0)
    let tables = try listed.lines.map { try JSONValue.parse(Array($0.utf8)) }
    #expect(tables.count >= 13)
    let again = try WeirProcess.run(
      "projections", "rebuild", "--all", "--json", "--data", folder.path)
    let reports = try again.lines.map { try JSONValue.parse(Array($0.utf8)) }
    for (table, report) in zip(tables, reports) {
      #expect(table["digest"] == report["digest"])
      #expect(table["rows"] == report["rows"])
      #expect(report["differing"]?.integer == 0, "\(report)")
    }
    let one = try WeirProcess.run(
      "projections", "rebuild", "trial_balance", "--json", "--data", folder.path)
    #expect(one.lines.count == 1)
    let none = try WeirProcess.run("projections", "rebuild", "nothing", "--data", folder.path)
    #expect(none.code == 1, "\(none)")
  }

  @Test("does: a rebuild names the rows that the log doesn't confirm, and the facts behind them")
  func differences() throws {
    let folder = try StoryFolder()
    _ = try WeirProcess.run("projections", "rebuild", "--all", "--data", folder.path)
    let changed = try WeirProcess.run(
      program: "/usr/bin/sqlite3",
      [
        folder.path + "/tables.sqlite", "UPDATE accumulation_totals SET paid_usdt = '1000000.00'",
      ])
    try #require(changed.code == 0, "\(changed)")
    let words = ["projections", "rebuild", "accumulation_totals", "--data", folder.path]
    let told = try WeirProcess.run(words[0], words[1], words[2], words[3], words[4], "--json")
    let report = try JSONValue.parse(
      Array(told.lines[0].utf8), limits: JSONLimits(bytes: 1 << 20, depth: 32))
    let difference = try #require(report["differences"]?.items?.first)
    #expect(difference["columns"]?.items?.compactMap(\.text) == ["paid_usdt"])
    #expect(difference["was"]?["paid_usdt"]?.text == "1000000.00")
    #expect(difference["is"]?["paid_usdt"]?.text != "1000000.00")
    #expect(difference["positions"]?.items?.isEmpty == false)
    let again = try WeirProcess.run(words[0], words[1], words[2], words[3], words[4])
    #expect(!again.err.contains("paid_usdt"))
  }
}
