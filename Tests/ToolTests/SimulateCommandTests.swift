import Support
import Testing

@Suite struct SimulateCommandTests {
  @Test("does: the same seed lives the same life in two processes, another seed another one")
  func repeats() async throws {
    // Each process has hash seeds of its own, so whatever walks a dictionary would differ.
    let lives = try await offPool {
      try [5, 5, 6].map { seed in
        let outcome = try WeirProcess.run(
          "simulate", "--seed", "\(seed)", "--days", "2", "--json")
        let start = outcome.out.firstRange(of: #""digest":"#)
        return (outcome.code, start.map { outcome.out[$0.upperBound...].prefix(18) } ?? "")
      }
    }
    #expect(lives[0].0 == 0)
    #expect(lives[0].1.count == 18)
    #expect(lives[0].1 == lives[1].1)
    #expect(lives[1].1 != lives[2].1)
  }

  @Test("refuses: days, jobs, faults and ranges that are none")
  func refuses() throws {
    for words in [
      ["--days", "0"], ["--jobs", "0"], ["--without", "rain"], ["--seeds", "5"],
      ["--seeds", "9-1"], ["--weakness", "none"],
    ] {
      let outcome = try WeirProcess.run(["simulate"] + words)
      #expect(outcome.code == 64, "\(words): \(outcome)")
    }
  }

  @Test("does: many seeds in processes, told as JSON; a rule that is left out ends with 1")
  func campaign() async throws {
    let (well, badly) = try await offPool {
      (
        try WeirProcess.run("simulate", "--seeds", "1-3", "--days", "1", "--json"),
        try WeirProcess.run(
          "simulate", "--seeds", "1-3", "--days", "2", "--weakness", "settle-at-head")
      )
    }
    #expect(well.code == 0 && well.out.contains(#""seeds":3"#), "\(well)")
    #expect(badly.code == 1 && badly.err.contains("I12"), "\(badly)")
  }
}
