/// What a bench is run with.
struct BenchSetting: Sendable {
  let options: BenchOptions
  let work: WorkFolder
  let progress: BenchProgress
}

/// One of the benches; what isn't asked for has a size of its own.
protocol LogBench {
  var setting: BenchSetting { get }
  func run() throws(BenchFailure) -> BenchReport
}

extension LogBench {
  var events: Int { setting.options.events ?? 100_000 }
  var callers: Int { setting.options.callers ?? 32 }
  var repetitions: Int { setting.options.repetitions }
  var work: WorkFolder { setting.work }
  var progress: BenchProgress { setting.progress }
}
