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
        "digest", "HEX", "what `weir approvals list` shows: what is approved", isRequired: true)
    ] + AdminClient.approving + [jsonOption],
    notes: ["It is sent once \(Limits.approversLeast) different people have given theirs."]
      + AdminClient.approvingNotes
  ) { (arguments) throws(Failure) in
    let text = arguments.operands[0]
    guard TransferID(text: text) != nil, !text.contains("/"), !text.contains("|") else {
      throw Failure(.usage, "TRANSFER must be a transfer's id")
    }
    let body = JSONValue.object(["digest": .string(arguments.required("digest"))])
    let client = try AdminClient(arguments, approves: true)
    show(try client.post("/api/admin/approvals/\(text)", body, key: nil), arguments)
    return .success
  }

  static let capsShow = Command(
    "caps show", "Shows the caps in force, and those that wait for two people's word",
    options: AdminClient.options + [jsonOption], notes: AdminClient.notes
  ) { (arguments) throws(Failure) in
    showCaps(try AdminClient(arguments).get("/api/admin/caps"), arguments)
    return .success
  }

  static let capsApprove = Command(
    "caps approve", "Gives one person's word for caps that let more pass than those in force",
    options: [
      Option("digest", "HEX", "what `weir caps show` shows: what is approved", isRequired: true)
    ] + AdminClient.approving + [jsonOption],
    notes: [
      "Caps are set in the service's settings. Lower ones are in force from its start; what lets",
      "more pass waits until \(Limits.approversLeast) different people have given their word.",
    ] + AdminClient.approvingNotes
  ) { (arguments) throws(Failure) in
    let body = JSONValue.object(["digest": .string(arguments.required("digest"))])
    let client = try AdminClient(arguments, approves: true)
    showCaps(try client.post("/api/admin/caps/approve", body, key: nil), arguments)
    return .success
  }

  private static func showCaps(_ answer: JSONValue, _ arguments: Arguments) {
    let terminal = arguments.terminal
    if arguments.has("json") { return terminal.put(answer.written(.asIs)) }
    func put(_ caps: JSONValue?) {
      for name in ["transfer", "client_day", "wallet_day"] {
        let amounts = (caps?[name]?.items ?? []).map {
          "\($0["amount"]?.text ?? "") \($0["asset"]?.text ?? "")"
        }
        terminal.put("  \(name): \(amounts.isEmpty ? "none" : amounts.joined(separator: ", "))")
      }
      terminal.put("  plausible_basis_points: \(caps?["plausible_basis_points"]?.integer ?? 0)")
    }
    terminal.put("in force:")
    put(answer["caps"])
    guard let asked = answer["asked"], asked.members != nil else { return }
    terminal.put("waiting for two people:")
    put(asked["caps"])
    terminal.put("  digest: \(asked["digest"]?.text ?? "")")
    let approvers = (asked["approvers"]?.items ?? []).compactMap(\.text)
    terminal.put(
      "  approved by: \(approvers.isEmpty ? "nobody" : approvers.joined(separator: ", "))")
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
