import Glibc

/// One reader under attack.
struct FuzzTarget: Sendable {
  let name: String
  /// Ends the process where a promise is broken.
  let run: @Sendable ([UInt8]) -> Void
  /// Valid inputs, from which a fuzzer gets further than from nothing.
  let seeds: @Sendable () -> [[UInt8]]

  static let all: [FuzzTarget] = [
    FuzzTarget(name: "segment", run: SegmentTargets.segment, seeds: SegmentTargets.segmentSeeds),
    FuzzTarget(name: "sealed", run: SegmentTargets.sealed, seeds: SegmentTargets.sealedSeeds),
    FuzzTarget(name: "log", run: SegmentTargets.log, seeds: SegmentTargets.logSeeds),
    FuzzTarget(name: "record", run: SegmentTargets.record, seeds: SegmentTargets.recordSeeds),
    FuzzTarget(name: "event", run: TextTargets.event, seeds: TextTargets.eventSeeds),
    FuzzTarget(name: "json", run: TextTargets.json, seeds: TextTargets.jsonSeeds),
    FuzzTarget(name: "text", run: TextTargets.text, seeds: TextTargets.textSeeds),
    FuzzTarget(name: "note", run: NoteTarget.run, seeds: NoteTarget.seeds),
  ]

  static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Ends the process with the reason where something doesn't hold, in every kind of build.
func promise(_ holds: Bool, _ reason: @autoclosure () -> String) {
  guard !holds else { return }
  say("broken promise: \(reason())")
  abort()
}

/// A line on standard error.
func say(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
}
