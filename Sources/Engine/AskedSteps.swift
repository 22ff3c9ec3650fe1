import Kernel

/// The steps that the process asked for and that no fact has answered yet.
///
/// A step that was refused or ignored stays here, as the log can't tell it from one that was never
/// decided: after a restart it is asked again.
struct AskedSteps: Sendable {
  struct Step: Sendable {
    var position: UInt64
    /// Which of the commands that the fact at `position` led to.
    var number: Int
    var command: LedgerCommand

    var id: CommandID { CommandID(process: "process", causedBy: position, step: number) }
  }

  private var open: [StepKey: Step] = [:]
  /// Those that no fact is known to answer; kept at start alone, where the log is asked for them.
  private var others: [Step] = []
  private var hasOthers = false

  mutating func ask(_ step: Step, atStart isAtStart: Bool) {
    if let key = step.command.stepKey {
      open[key] = step
    } else {
      hasOthers = true
      if isAtStart { others.append(step) }
    }
  }

  mutating func take(_ event: LedgerEvent) {
    event.eachAnswered { key in open[key] = nil }
  }

  /// What is to be asked at the start, in the order of the log.
  mutating func all() -> [Step] {
    defer { others = [] }
    return (others + open.values).sorted { ($0.position, $0.number) < ($1.position, $1.number) }
  }

  mutating func list(_ fields: inout StateFields) {
    // They can't be written: the log must be asked for them.
    if hasOthers { fields.refuse() }
    var steps = fields.isReading ? [] : all().map { Optional($0) }
    fields.list("steps", &steps, blank: nil) { step, fields in
      var (position, number, command) = (step?.position ?? 0, step?.number ?? 0, step?.command)
      fields.number("position", &position)
      fields.number("number", &number)
      fields.step("command", &command)
      step = command.map { Step(position: position, number: number, command: $0) }
    }
    guard fields.isReading else { return }
    for step in steps { if let step { ask(step, atStart: true) } }
  }
}
