/// A rule left out on purpose, to see that the simulator notices.
package enum Weakness: String, CaseIterable, Sendable {
  /// Calls leave before what they rest on is durable.
  case callBeforeSync = "call-before-sync"
}
