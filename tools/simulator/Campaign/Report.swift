package import JSON

/// What came of many seeds.
package struct Report: Sendable {
  package private(set) var seeds: Set<UInt64> = []
  package private(set) var failed: [Outcome] = []
  /// Why the campaign itself came to nothing.
  package private(set) var failure: String?
  package private(set) var days = 0
  package private(set) var events: UInt64 = 0
  package private(set) var payouts = 0
  package private(set) var starts = 0
  package private(set) var calls = 0
  package private(set) var cpuMicroseconds = 0
  package private(set) var marks = Marks()

  package init() {}

  package mutating func add(_ outcome: Outcome) {
    guard seeds.insert(outcome.seed).inserted else { return }
    if outcome.violation != nil { failed.append(outcome) }
    days += outcome.days + Simulation.healingDays
    events += outcome.events
    payouts += outcome.payouts
    starts += outcome.lives
    calls += outcome.calls
    cpuMicroseconds += outcome.cpuMicroseconds
    marks.add(outcome.marks)
  }

  mutating func note(failure: String) { self.failure = failure }

  /// Simulated years, and those one core lives in an hour.
  package var years: Double { Double(days) / 365.25 }
  package var yearsPerCoreHour: Double {
    cpuMicroseconds == 0 ? 0 : years * 3_600_000_000 / Double(cpuMicroseconds)
  }

  /// Named situations that no seed has met.
  package var unseen: [String] { Marks.named.filter { marks.counts[$0] == nil } }

  package var json: JSONValue {
    .object([
      "seeds": .integer(seeds.count), "failed": .array(failed.map(\.json)),
      "days": .integer(days), "years": .number(Self.text(years)),
      "events": .number(String(events)), "payouts": .integer(payouts),
      "starts": .integer(starts), "calls": .integer(calls),
      "cpu_seconds": .number(Self.text(Double(cpuMicroseconds) / 1e6)),
      "years_per_core_hour": .number(Self.text(yearsPerCoreHour)),
      "marks": Outcome.json(marks.counts), "unseen": .array(unseen.map { .string($0) }),
      "cells": Outcome.json(marks.cells),
    ])
  }

  /// With one decimal.
  static func text(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// A few lines for people; marks and cells are tables of their own.
  package var lines: [String] {
    [
      "\(seeds.count) seeds, \(failed.count) with a broken invariant",
      "\(Self.text(years)) simulated years (\(days) days), \(events) events, \(payouts) payouts, "
        + "\(starts) starts of the process, \(calls) calls",
      "\(Self.text(Double(cpuMicroseconds) / 1e6)) s of CPU: "
        + "\(Self.text(yearsPerCoreHour)) simulated years per core-hour",
      "\(marks.cells.count) pairs of a saga's state and a fact; \(marks.counts.count) named "
        + "situations seen, \(unseen.count) not",
    ]
  }
}
