import JSON
import Kernel

extension Command {
  static let approvalsList = Command(
    "approvals list", "Lists the transfers that wait for two people's word",
    options: AdminClient.options + [jsonOption], notes: AdminClient.notes
  ) { (arguments) throws(Failure) in
    let answer = try AdminClient(arguments).get("/api/admin/approvals")
    for transfer in answer["transfers"]?.items ?? [] { show(transfer, arguments) }
    return .success
  }

  static let approvalsApprove = Command(
    "approvals approve", "Gives one person's word for a transfer that is over a cap",
    operandText: "TRANSFER", operands: 1...1,
    options: [
      Option(
        "digest", "HEX", "what `weir approvals list` shows: what is approved", isRequired: true),
      Option("actor", "NAME", "who says so, for the log", isRequired: true),
    ] + AdminClient.options + [jsonOption],
    notes: ["It is sent once \(Limits.approversLeast) different people have given theirs."]
      + AdminClient.notes
  ) { (arguments) throws(Failure) in
    let text = arguments.operands[0]
    guard TransferID(text: text) != nil, !text.contains("/"), !text.contains("|") else {
      throw Failure(.usage, "TRANSFER must be a transfer's id")
    }
    let body = JSONValue.object([
      "actor": .string(arguments.required("actor")),
      "digest": .string(arguments.required("digest")),
    ])
    let client = try AdminClient(arguments)
    show(try client.post("/api/admin/approvals/\(text)", body, key: nil), arguments)
    return .success
  }

  private static func show(_ transfer: JSONValue, _ arguments: Arguments) {
    let terminal = arguments.terminal
    if arguments.has("json") { return terminal.put(transfer.written(.asIs)) }
    func text(_ name: String) -> String { transfer[name]?.text ?? "" }
    let amount = transfer["amount"]
    let approvers = (transfer["approvers"]?.items ?? []).compactMap(\.text)
    let what = transfer["purpose"]?.members?.first
    terminal.put(
      "\(text("transfer"))  \(amount?["amount"]?.text ?? "") \(amount?["asset"]?.text ?? "")")
    terminal.put("  for \(what?.name ?? "") \(what?.value.text ?? "") of \(text("channel"))")
    terminal.put("  to \(text("wallet")) in \(text("asset"))")
    terminal.put("  why: \(text("reason"))")
    terminal.put("  digest: \(text("digest"))")
    terminal.put(
      "  approved by: \(approvers.isEmpty ? "nobody" : approvers.joined(separator: ", "))")
  }
}
