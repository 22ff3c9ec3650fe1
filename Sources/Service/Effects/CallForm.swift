import Engine
import FoundationEssentials
import Kernel
import Log
import Sagas

/// How calls go to other nodes, and answers come back: sealed, in one form.
///
/// The key is made of the host wallet's, which all nodes share and no row tells: whoever opens a
/// text knows that a node of ours wrote it, for this very call.
struct CallForm: Sendable {
  /// Raised whenever what is listed below changes.
  private static let version = 1

  private let key: [UInt8]
  private let log: String
  /// Equal on nodes of the same program and the same settings of the outside, which alone hand
  /// calls to each other; it tells nothing of either.
  let text: String

  init(_ configuration: Configuration, log: String) {
    key = Cipher.hmac("weir calls", configuration.hostWalletKey)
    self.log = log
    let settings = [
      configuration.environment.text, String(Weir.program), log, configuration.nowPayments.url,
      configuration.nowPayments.apiKey.reveal(), configuration.changeNOW.url,
      configuration.changeNOW.apiKey.reveal(), configuration.telegram.url,
      configuration.telegram.token?.reveal(), String(configuration.ethereum.chainID),
      configuration.collectWallet, configuration.publicURL,
      configuration.tablesStore.map { _ in "tables" },
    ]
    let words = settings.map { $0.map { "\($0.utf8.count):\($0)" } ?? "-" }.joined()
    let digest = Cipher.hmac(Array(words.utf8), key)
    text = "\(Self.version)-" + HexText.of(digest.prefix(16))
  }

  /// Nil where it is none that may be handed out, or too large for it.
  func seal(_ call: HandedCall) -> [UInt8]? {
    guard call.effect.isShared else { return nil }
    var call = call
    return seal(log, "call") { call.list(&$0) }
  }

  /// Nil where no node of ours wrote it, for another call, or in another form.
  func call(_ sealed: [UInt8]) -> HandedCall? {
    var call = HandedCall.blank
    guard open(sealed, "call", { call.list(&$0) }), call.effect.isShared,
      call.effect.key.text == call.key
    else { return nil }
    return call
  }

  /// Nil where it has words that no answer has, or too many.
  func seal(_ answer: CallAnswer) -> [UInt8]? {
    var answer = answer
    return seal(log, "answer") { answer.list(&$0, nil) }
  }

  /// - Parameter policy: The terms of the one who asks, wherever an answer names terms.
  func answer(_ sealed: [UInt8], _ policy: PaymentPolicy) -> CallAnswer? {
    var answer = CallAnswer.blank
    guard open(sealed, "answer", { answer.list(&$0, policy) }) else { return nil }
    return answer
  }

  private static let bytesMost = 1 << 19

  private func seal(
    _ log: String, _ what: String, _ list: (inout StateFields) -> Void
  ) -> [UInt8]? {
    let bytes = ListedBytes()
    var fields = StateFields(writing: bytes)
    var (log, what) = (log, what)
    fields.text("what", &what)
    fields.text("log", &log)
    list(&fields)
    guard fields.isSound, bytes.all.count <= Self.bytesMost else { return nil }
    return Seal.seal(bytes.all, key)
  }

  private func open(
    _ sealed: [UInt8], _ what: String, _ list: (inout StateFields) -> Void
  ) -> Bool {
    guard let text = Seal.open(sealed, key) else { return false }
    let bytes = ListedBytes(text)
    var fields = StateFields(reading: bytes)
    var (foundLog, foundWhat) = ("", "")
    fields.text("what", &foundWhat)
    fields.text("log", &foundLog)
    guard fields.isSound, foundWhat == what, foundLog == log else { return false }
    list(&fields)
    return fields.isSound && bytes.isAtEnd
  }
}

/// A call as it goes to another node.
struct HandedCall: Hashable, Sendable {
  /// Of the log's lane, and the number there.
  var epoch: Int
  var number: UInt64
  var key: String
  var intent: UInt64
  var attempt: Int
  var effect: Effect

  static let blank = HandedCall(
    epoch: 0, number: 0, key: "", intent: 0, attempt: 0, effect: .blank)

  mutating func list(_ fields: inout StateFields) {
    fields.number("epoch", &epoch)
    fields.number("number", &number)
    fields.text("key", &key)
    fields.number("intent", &intent)
    fields.number("attempt", &attempt)
    effect.list(&fields)
  }
}

/// What came of it, for the very call that it names.
struct CallAnswer: Sendable {
  var epoch: Int
  var number: UInt64
  var key: String
  /// Nil where the node couldn't read the call.
  var outcome: JobOutcome?
  /// What Telegram said to that node since its last answer.
  var notes: [BotNote] = []

  static let blank = CallAnswer(epoch: 0, number: 0, key: "", outcome: nil)

  /// - Parameter policy: For what is read.
  mutating func list(_ fields: inout StateFields, _ policy: PaymentPolicy?) {
    fields.number("epoch", &epoch)
    fields.number("number", &number)
    fields.text("key", &key)
    var form = OutcomeForm()
    if !fields.isReading {
      guard let found = OutcomeForm(outcome) else { return fields.refuse() }
      form = found
    }
    form.list(&fields)
    fields.list("notes", &notes, blank: BotNote.blank) { $0.list(&$1) }
    guard fields.isReading, fields.isSound else { return }
    guard let policy, let found = form.outcome(policy) else { return fields.refuse() }
    outcome = found
  }
}

/// An outcome's case, and what it has.
private struct OutcomeForm {
  private var kind = 0
  private var commands: [CommandForm] = []
  private var seconds: Int?
  private var words: String?

  init() {}

  init?(_ outcome: JobOutcome?) {
    var all: [LedgerCommand] = []
    switch outcome {
    case nil: kind = 0
    case .report(let commands): (kind, all) = (1, commands)
    case .again(let commands, let after, let because):
      (kind, all, seconds, words) = (2, commands, after, because)
    case .transient(let why, let after): (kind, seconds, words) = (3, after, why)
    case .permanent(let why): (kind, words) = (4, why)
    }
    for command in all {
      guard let form = CommandForm(command) else { return nil }
      commands.append(form)
    }
  }

  mutating func list(_ fields: inout StateFields) {
    fields.number("kind", &kind)
    fields.list("commands", &commands, blank: CommandForm()) { $0.list(&$1) }
    fields.optional("seconds", &seconds, blank: 0) { $1.number("number", &$0) }
    fields.text("words", &words)
  }

  /// Nil where it is none; an outcome of nil where the call wasn't read.
  func outcome(_ policy: PaymentPolicy) -> JobOutcome?? {
    var all: [LedgerCommand] = []
    for form in commands {
      guard let command = try? form.command(policy) else { return nil }
      all.append(command)
    }
    switch kind {
    case 0: return .some(nil)
    case 1: return .report(all)
    case 2: return seconds.map { .again(all, afterSeconds: $0, because: words) }
    case 3: return words.map { .transient($0, retryAfterSeconds: seconds) }
    case 4: return words.map { .permanent($0) }
    case _: return nil
    }
  }
}

/// The bytes of one listing, written or read.
// @unchecked: it never leaves the function that makes it.
private final class ListedBytes: StateSink, StateSource, @unchecked Sendable {
  private(set) var all: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8] = []) { all = bytes }

  var isAtEnd: Bool { place == all.count }

  func put(_ bytes: UnsafeRawBufferPointer) { all += bytes }

  func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard all.count - place >= buffer.count else { return false }
    buffer.copyBytes(from: all[place..<place + buffer.count])
    place += buffer.count
    return true
  }
}
