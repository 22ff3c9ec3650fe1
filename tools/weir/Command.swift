/// One subcommand: what it is called, takes and does.
struct Command: Sendable {
  /// `log export`.
  let name: String
  let summary: String
  /// How operands are called.
  let operandText: String
  let operands: ClosedRange<Int>
  let options: [Option]
  /// More for its help page.
  let notes: [String]
  let run: @Sendable (Arguments) throws(Failure) -> ExitCode

  init(
    _ name: String, _ summary: String, operandText: String = "", operands: ClosedRange<Int> = 0...0,
    options: [Option] = [], notes: [String] = [],
    run: @escaping @Sendable (Arguments) throws(Failure) -> ExitCode
  ) {
    self.name = name
    self.summary = summary
    self.operandText = operandText
    self.operands = operands
    self.options = options
    self.notes = notes
    self.run = run
  }

  var usage: String {
    let parts = options.map { $0.isRequired ? $0.shown : "[\($0.shown)]" }
    return (["weir", name] + parts + (operandText.isEmpty ? [] : [operandText]))
      .joined(separator: " ")
  }

  var help: [String] {
    var lines = ["usage: \(usage)", "", summary + "."]
    if !options.isEmpty {
      lines += ["", "options:"]
      let width = options.map(\.shown.count).max() ?? 0
      for option in options {
        let space = String(repeating: " ", count: width - option.shown.count)
        lines.append("  \(option.shown)\(space)  \(option.meaning)")
      }
    }
    if !notes.isEmpty { lines += [""] + notes }
    return lines
  }

  static let dataOption = Option("data", "DIR", "the data folder", isRequired: true)
  static let storeOption = Option(
    "store", "URL", "the database that keeps the log, postgres://…; WEIR_STORE says the same")
  static let jsonOption = Option("json", nil, "one JSON object a line")

  static let all: [Command] = [
    .serve, .status, .logExport, .logVerify, .logProve, .logKey, .logCopy, .timeline,
    .liabilitiesProve,
    .projectionsList, .projectionsRebuild, .projectionsExport, .projectionsFollow,
    .projectionsCompare,
    .snapshotsList, .snapshotsDrop,
    .sagasList, .sagasShow, .sagasAsk, .sagasHold, .sagasRelease, .sagasRetry,
    .sagasEvidence,
    .transfersList, .transfersShow, .transfersBump, .transfersCancel, .transfersRelease,
    .reconcileList, .reconcileRun, .reconcileExplain, .reconcileCorrect,
    .paymentsList, .paymentsShow, .paymentsAccept, .paymentsRefund, .paymentsWriteOff,
    .paymentsUphold,
    .debtsShow, .debtsNet, .debtsWriteOff, .payoutChangesList, .payoutChangesCancel,
    .freezeStatus, .freeze, .unfreeze, .approvalsList, .approvalsApprove, .capsShow, .capsApprove,
    .backup, .restore, .recoveryStatus, .recoveryEvidence, .recoveryAppend, .recoveryAdopt,
    .recoveryRotate, .recoveryComplete,
    .importLegacy, .configCheck, .sandbox,
    .bench, .simulate,
  ]
}
