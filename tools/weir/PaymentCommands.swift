import JSON
import Kernel

extension Command {
  static let paymentsList = Command(
    "payments list", "Lists payments that wait for a person's ruling, or waited",
    options: [
      Option("held", nil, "only those that wait now"), Option("channel", "KEY", "one client's"),
    ] + AdminClient.options + [jsonOption],
    notes: ["What was held first comes first."] + AdminClient.notes
  ) { (arguments) throws(Failure) in
    let client = try AdminClient(arguments)
    let isJSON = arguments.has("json")
    var query = ["limit=500"]
    if arguments.has("held") { query.append("held=true") }
    if let channel = arguments["channel"] {
      guard ChannelKey(text: channel) != nil, !channel.contains("+") else {
        throw Failure(.usage, "--channel can't be \(channel.prefix(40))")
      }
      query.append("channel=\(channel)")
    }
    var table = TextTable(
      ["PAYMENT", "STATE", "AMOUNT", "ASSET", "HELD", "CHANNEL", "REASON", "RULING"], right: [2])
    var after: Int? = 0
    while let place = after {
      let path = "/api/admin/payments?" + (query + ["after=\(place)"]).joined(separator: "&")
      let page = try client.get(path)
      for payment in page["payments"]?.items ?? [] {
        if isJSON {
          arguments.terminal.put(payment.written(.asIs))
        } else {
          table.add(
            ["payment", "state", "amount", "asset", "held_at", "channel", "reason", "ruling"]
              .map { payment[$0]?.text ?? "" })
        }
      }
      after = page["next"]?.integer
    }
    if !isJSON { table.lines.forEach(arguments.terminal.put) }
    return .success
  }

  static let paymentsShow = Command(
    "payments show", "Explains one: why it waits, what may be done, its events",
    operandText: "PAYMENT", operands: 1...1, options: AdminClient.options + [jsonOption],
    notes: AdminClient.notes
  ) { (arguments) throws(Failure) in
    let client = try AdminClient(arguments)
    let payment = try client.get("/api/admin/payments/\(try payment(arguments))")
    if arguments.has("json") {
      arguments.terminal.put(payment.written(.asIs))
      return .success
    }
    let held = payment["held"]
    func text(_ name: String) -> String { held?[name]?.text ?? "" }
    arguments.terminal.put(
      held?.members == nil
        ? "it was never held"
        : "\(text("state")) since \(text("since")): \(text("reason"))  "
          + "\(text("amount")) \(text("asset"))")
    arguments.terminal.put("")
    putActionsAndEvents(of: payment, arguments)
    return .success
  }

  static let paymentsAccept = ruling(
    "payments accept", "Counts a held payment as paid, with what arrived and no more",
    [
      Option("order", "ORDER", "what it pays for, where it doesn't say so itself"),
      Option("rate", "USDT", "what one of the coin that arrived is worth, where it is no USDT"),
    ])
  static let paymentsRefund = ruling(
    "payments refund", "Books that a payment's money went back to whoever paid it",
    [
      Option(
        "transaction", "HASH", "what sent it back: a hash, or the provider's reference",
        isRequired: true)
    ],
    [
      "Of a payment that is booked already the booking is undone, fee and all: out of what waits,",
      "out of a batch that has no nonce yet, or else as the client's debt.",
    ])
  static let paymentsWriteOff = ruling(
    "payments write-off", "Books that a held payment is nobody's and stays with the platform", [])

  static let paymentsUphold = ruling(
    "payments uphold", "Says that a booking stands, whatever the provider says since", [])

  private static func ruling(
    _ name: String, _ summary: String, _ more: [Option], _ notes: [String] = []
  ) -> Command {
    Command(
      name, summary, operandText: "PAYMENT", operands: 1...1,
      options: more + acting + AdminClient.options + [jsonOption],
      notes: notes + [
        "weir payments show PAYMENT says what may be done. Exit code 2 says that it was refused,",
        "and why.",
      ] + AdminClient.notes
    ) { (arguments) throws(Failure) in
      let client = try AdminClient(arguments)
      var body = actingBody(arguments)
      for option in more {
        guard let value = arguments[option.name] else { continue }
        body.append(JSONMember(option.name, .string(value)))
      }
      let outcome = try client.post(
        "/api/admin/payments/\(try payment(arguments))/\(name.split(separator: " ").last ?? "")",
        .object(body), key: arguments["key"])
      putOutcome(outcome, arguments)
      return .success
    }
  }

  private static func payment(_ arguments: Arguments) throws(Failure) -> String {
    guard let id = PaymentID(text: arguments.operands[0]) else {
      throw Failure(.usage, "PAYMENT must be the provider's payment id")
    }
    return id.text
  }
}
