import Engine
import Kernel
import Log
import Synchronization

// What is owed to everybody, told to a chat once a day where one is configured.
extension Weir {
  func publishLiabilities() async {
    guard let chat = configuration.telegram.liabilitiesChat else { return }
    var done = ""
    while !isStopping.withLock({ $0 }) {
      let now = Weir.clock()
      let day = String(now.text.prefix(10))
      let hour = Int(now.text.dropFirst(11).prefix(2)) ?? 0
      if day != done, hour >= configuration.telegram.liabilitiesHour {
        if await publishLiabilities(to: chat) { done = day }
      }
      await rest(1)
    }
  }

  /// False where it is to be tried again.
  ///
  /// What was published today already, by this process or by one before, the ledger knows.
  private func publishLiabilities(to chat: String) async -> Bool {
    let note = keeper?.notary.newest.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let command = LedgerCommand.ledger(
      .publishLiabilities(
        salt: Token.fresh() + Token.fresh(), chat: chat,
        checkpoint: note.split(separator: "\n").map(String.init)))
    let answer = await withCheckedContinuation { continuation in
      submit(Submission(of: .composed("ledger", "liabilities", Token.fresh()), command)) {
        continuation.resume(returning: $0)
      }
    }
    switch answer {
    case .accepted, .replayed, .ignored: return true
    case .stopping, .full: return false
    case .refused, .keyReused:
      logger.error("liabilities_not_published", ["why": .text("\(answer)")])
      return true
    }
  }
}
