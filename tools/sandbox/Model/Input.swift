import JSON

/// One thing asked of the stand-ins that may change them: what the journal keeps.
struct Input {
  /// Milliseconds since 1970.
  let at: Int
  let what: What
  /// The request as it came, or the part of it that counts.
  let body: JSONValue

  enum What: String {
    /// Money out of nothing.
    case fund
    /// A signed transaction handed to the chain.
    case transaction
    case chain
    /// A price asked for: it may use up a script.
    case quote
    case exchange
    case script
    case invoice
    case payment
    /// What a notice's receiver answered.
    case delivery
    /// A call of the bot's.
    case telegram
    /// What somebody does at Telegram.
    case person
  }
}

/// What an input came to.
struct Reply {
  let status: Int
  let body: JSONValue
  /// False where nothing was changed, so that the journal need not know.
  let isChange: Bool
  /// A reply the asker shall not get (`hang`).
  let isWithheld: Bool

  init(_ body: JSONValue, status: Int = 200, isChange: Bool = true, isWithheld: Bool = false) {
    self.status = status
    self.body = body
    self.isChange = isChange
    self.isWithheld = isWithheld
  }

  static func refused(_ status: Int, _ body: JSONValue, isChange: Bool = false) -> Reply {
    Reply(body, status: status, isChange: isChange)
  }
}

/// What shapes the stand-ins' world and can't change while it lasts: the journal's first line.
struct Rules: Hashable {
  var genesis: Int
  var chainID: Int
  var blockMilliseconds: Int
  /// Blocks between the head and the last final one.
  var confirmations: Int
  var stepMilliseconds: Int
  /// How long a fixed rate may be taken.
  var rateMilliseconds: Int
  /// How long a deposit is waited for.
  var depositMilliseconds: Int
  var seed: Int
  /// Blocks on top of a deposit's own before the swap provider believes in it.
  var depositBlocks = 0
  /// Tries of a notice after the first, and the time between two (external-apis 1.4, faster).
  var noticeRetries = 3
  var noticeRetryMilliseconds = 1000

  var json: JSONValue {
    .object([
      "sandbox": .integer(1), "genesis": .integer(genesis), "chain_id": .integer(chainID),
      "block_milliseconds": .integer(blockMilliseconds), "confirmations": .integer(confirmations),
      "step_milliseconds": .integer(stepMilliseconds),
      "rate_milliseconds": .integer(rateMilliseconds),
      "deposit_milliseconds": .integer(depositMilliseconds), "seed": .integer(seed),
      "deposit_blocks": .integer(depositBlocks), "notice_retries": .integer(noticeRetries),
      "notice_retry_milliseconds": .integer(noticeRetryMilliseconds),
    ])
  }
}

extension Rules {
  init?(_ json: JSONValue) {
    guard json["sandbox"]?.integer == 1, let genesis = json["genesis"]?.integer,
      let chainID = json["chain_id"]?.integer, let block = json["block_milliseconds"]?.integer,
      let confirmations = json["confirmations"]?.integer,
      let step = json["step_milliseconds"]?.integer, let rate = json["rate_milliseconds"]?.integer,
      let deposit = json["deposit_milliseconds"]?.integer, let seed = json["seed"]?.integer,
      block > 0
    else { return nil }
    self.init(
      genesis: genesis, chainID: chainID, blockMilliseconds: block, confirmations: confirmations,
      stepMilliseconds: step, rateMilliseconds: rate, depositMilliseconds: deposit, seed: seed)
    depositBlocks = json["deposit_blocks"]?.integer ?? depositBlocks
    noticeRetries = json["notice_retries"]?.integer ?? noticeRetries
    noticeRetryMilliseconds =
      json["notice_retry_milliseconds"]?.integer ?? noticeRetryMilliseconds
  }
}
