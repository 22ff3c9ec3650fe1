package import JSON

// An outcome as a line: what a worker hands to its campaign, and what `--json` shows of a seed.
extension Outcome {
  package var json: JSONValue {
    .object([
      "seed": .number(String(seed)), "days": .integer(days),
      "faults": .array(faults.map { .string($0.rawValue) }),
      "violation": violation.map { .string($0) } ?? .null, "digest": .string(digest),
      "events": .number(String(events)), "payouts": .integer(payouts), "starts": .integer(lives),
      "calls": .integer(calls), "cpu_microseconds": .integer(cpuMicroseconds),
      "marks": Self.json(marks.counts), "cells": Self.json(marks.cells),
    ])
  }

  /// Reads a line; nil for one that is none.
  init?(_ json: JSONValue) {
    func number(_ name: String) -> Int? { json[name]?.integer }
    guard let seed = json["seed"]?.number.flatMap({ UInt64($0) }), let days = number("days"),
      let events = number("events"), let payouts = number("payouts"),
      let lives = number("starts"), let calls = number("calls"),
      let cpu = number("cpu_microseconds"), let digest = json["digest"]?.text
    else { return nil }
    self.init(
      seed: seed, days: days,
      faults: (json["faults"]?.items ?? []).compactMap { $0.text.flatMap(Fault.init) })
    violation = json["violation"]?.text
    self.digest = digest
    self.events = UInt64(events)
    (self.payouts, self.lives, self.calls, cpuMicroseconds) = (payouts, lives, calls, cpu)
    marks = Marks(Self.counts(json["marks"]), Self.counts(json["cells"]))
  }

  static func json(_ counts: [String: Int]) -> JSONValue {
    .object(counts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .integer($0.value)) })
  }

  private static func counts(_ json: JSONValue?) -> [String: Int] {
    var counts: [String: Int] = [:]
    for member in json?.members ?? [] { counts[member.name] = member.value.integer }
    return counts
  }
}
