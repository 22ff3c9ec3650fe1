import JSON
import Kernel
import Log
import Service

extension Command {
  static let liabilitiesProve = Command(
    "liabilities prove", "Shows one client that he is in the published sum of what is owed to all",
    operandText: "CHANNEL", operands: 1...1, options: [dataOption, storeOption, asOfOption],
    notes: [
      "CHANNEL is the open channel's id, such as -1001234567890, or the channel's key.",
      "What it writes is what tools/liability.py checks. The log is taken in whole, up to the",
      "publication: some seconds a million events. Works while the service runs.",
    ]
  ) { (arguments) throws(Failure) in
    guard let channel = ChannelKey(naming: arguments.operands[0]) else {
      throw Failure(.usage, "CHANNEL must be an open channel's id or a key")
    }
    let log = try DataFolder(arguments.required("data")).openLog(arguments)
    let end = try arguments.past(of: log) ?? log.head.position
    return try reading { () throws(StoreError) in
      var (state, position) = (LedgerState(), UInt64(0))
      while position < end {
        let portion = Int(min(100_000, end - position))
        position = try log.replay(after: position, limit: portion, wanting: .all) {
          state.evolve($0.event)
        }
        arguments.terminal.progress("position \(position) of \(end)")
      }
      arguments.terminal.endProgress()
      guard !state.liabilities.day.isEmpty else {
        arguments.terminal.complain("nothing was published up to position \(end)")
        return .failure
      }
      arguments.terminal.put(state.liabilities.json(of: channel).written(.asIs))
      return .success
    }
  }
}
