import JSON
import Kernel
import Log
import Service

extension Command {
  static let timeline = Command(
    "timeline", "Tells one client's history: every event with its amount and running balance",
    operandText: "CHANNEL", operands: 1...1,
    options: [
      dataOption, storeOption,
      asOfOption,
      jsonOption,
    ],
    notes: [
      "CHANNEL is the open channel's id, such as -1001234567890, or the channel's key.",
      "The balance is what the client is owed: waiting and being paid out. Works while the",
      "service runs.",
    ]
  ) { (arguments) throws(Failure) in
    let text = arguments.operands[0]
    guard let channel = ChannelKey(naming: text) else {
      throw Failure(.usage, "CHANNEL must be an open channel's id or a key")
    }
    let log = try DataFolder(arguments.required("data")).openLog(arguments)
    let past = try arguments.past(of: log)
    return try reading { () throws(StoreError) in
      let history = ClientHistory(of: channel, asOf: past.map(AsOf.position)) {
        (tag, after, limit) throws(StoreError) in
        try log.facts(with: tag, after: after, limit: limit)
      }
      let isJSON = arguments.has("json")
      var table = TextTable(
        ["POSITION", "AT", "EVENT", "AMOUNT", "BALANCE", "REMARK"], right: [0, 3, 4])
      var count = 0
      try history.walk { item in
        count += 1
        if isJSON {
          var writer = JSONWriter()
          item.write(to: &writer)
          arguments.terminal.put(writer.bytes)
        } else {
          table.add(row(item))
        }
        return true
      }
      guard count > 0 else {
        arguments.terminal.complain("no event of \(channel) there")
        return .failure
      }
      if !isJSON { table.lines.forEach(arguments.terminal.put) }
      return .success
    }
  }

  static let asOfOption = Option(
    "asof", "POSITION|TIME", "up to there, such as 120 or 2026-11-24T16:47:11Z")

  private static func row(_ item: ClientHistory.Item) -> [String] {
    let entry = item.entry
    return [
      String(entry.position), entry.at.text, entry.name,
      entry.amount.map(shown) ?? "",
      entry.balance.filter { $0.units != 0 || $0.asset == .usdt }.map(shown)
        .joined(separator: ", "),
      item.recorded.event.remark ?? "",
    ]
  }

  private static func shown(_ money: Money) -> String { "\(money.amountText) \(money.asset)" }
}

extension Arguments {
  /// The position that `--asof` names; nil without it.
  func past(of log: any WholeLog) throws(Failure) -> UInt64? {
    guard let text = self["asof"] else { return nil }
    switch AsOf(text) {
    case .position(let position):
      guard position <= log.head.position else {
        throw Failure(.refused, "the log ends at position \(log.head.position)")
      }
      return position
    case .time(let time):
      do throws(StoreError) {
        return try log.position(asOf: time)
      } catch {
        throw Failure(error)
      }
    case nil:
      throw Failure(.usage, "--asof must be a position, or a time such as 2026-11-24T16:47:11Z")
    }
  }
}
