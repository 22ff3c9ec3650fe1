import Engine
import Kernel
import Sagas

// What the log of the service says about each group.
extension Weir {
  /// Facts that need a person, and calls in trouble, each on a line of its own.
  static func tell(_ report: GroupReport, _ logger: Logger) {
    for recorded in report.committed {
      guard let alarm = Alarm(recorded.event) else { continue }
      logger.warning(
        "alarm",
        [
          "kind": .text(alarm.kind), "subject": .text(alarm.subject),
          "reason": .text(alarm.reason), "position": .integer(Int(recorded.position)),
        ])
    }
    for trouble in report.troubles { logger.warning("trouble", ["what": .text(trouble)]) }
  }
}
