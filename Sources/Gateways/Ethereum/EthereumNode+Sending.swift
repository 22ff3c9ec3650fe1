import JSON

// What is asked before a transaction is signed, and how it is sent (reliability T3, T5).
extension EthereumNode {
  /// Runs a call on the latest state without sending it; refused where it would not do its work.
  ///
  /// That is where it reverts, a token answers anything but nothing or true, or call data goes to
  /// an address without code, which takes them in silence.
  public func simulate(_ call: EthereumCall) async throws(GatewayFailure) {
    let answer = try await read("eth_call", [call.json, BlockTag.latest.rawValue.json])
    guard let bytes = answer.text.flatMap({ Hex.bytes($0) }) else { throw unreadable("eth_call") }
    guard !call.data.isEmpty else { return }
    guard bytes.isEmpty || Hex.word(bytes) == 1 else {
      throw .permanent("the contract answers no", code: .wouldRevert)
    }
    let code = try await read("eth_getCode", [call.to.json, BlockTag.latest.rawValue.json])
    guard let text = code.text, text.hasPrefix("0x") else { throw unreadable("eth_getCode") }
    guard text != "0x" else {
      throw .permanent("no contract at the address", code: .addressInvalid)
    }
  }

  /// The gas to allow a call: the node's estimate and a margin, below the policy's cap.
  ///
  /// Never assumed, not even for plain ETH: recipients may run code (external-apis 0).
  public func gasLimit(_ call: EthereumCall) async throws(GatewayFailure) -> Int {
    let estimate = try await gasEstimate(call)
    guard let limit = policy.gasLimit(estimate: estimate) else {
      throw .permanent("\(estimate) gas is above the cap", code: .gasAboveCap)
    }
    return limit
  }

  /// The gas that a call takes, by the node's estimate.
  public func gasEstimate(_ call: EthereumCall) async throws(GatewayFailure) -> Int128 {
    try await quantity("eth_estimateGas", [call.json])
  }

  /// What to offer for gas now: the median of 20 blocks' median tips, twice the next base fee, both
  /// inside the policy.
  ///
  /// Transient while the next block costs more than the policy allows.
  public func fees() async throws(GatewayFailure) -> EthereumFees {
    let parameters: [JSONValue] = [
      Hex.quantity(20).json, BlockTag.latest.rawValue.json, .array([.number("50")]),
    ]
    let history = try await read("eth_feeHistory", parameters)
    guard let bases = history["baseFeePerGas"]?.items, let next = bases.last.quantity
    else { throw unreadable("eth_feeHistory") }
    var tips: [Int128] = []
    for reward in history["reward"]?.items ?? [] {
      guard let tip = (reward.items?.first).quantity else {
        throw unreadable("eth_feeHistory")
      }
      tips.append(tip)
    }
    tips.sort()
    let median = tips.isEmpty ? 0 : tips[tips.count / 2]
    guard let fees = policy.fees(nextBase: next, medianTip: median) else {
      throw .transient("gas costs \(next) wei, above the cap", retryAfterSeconds: nil)
    }
    return fees
  }

  /// What the next attempt on a nonce has to offer: more than any before it, and what gas costs.
  ///
  /// `last` is the highest bid so far, nil where none was made. Transient while that would be above
  /// the cap (CH-12): a cancel's is the policy's, a payment's lies an eighth below it.
  public func bid(
    above last: EthereumFees?, isCancel: Bool
  ) async throws(GatewayFailure) -> EthereumFees {
    let market = try await fees()
    guard let last else { return market }
    let cap = isCancel ? policy.feeMost : policy.paymentMost
    guard let raised = last.raised(to: market, cap: cap) else {
      throw .transient(
        "more than \(last.maxFeePerGas) wei for gas is above the cap of \(cap)",
        retryAfterSeconds: nil)
    }
    return raised
  }

  /// Broadcasts signed bytes; the same bytes may be sent any number of times.
  ///
  /// It throws only where nothing was asked: the node refuses our key, or its address is unusable.
  public func send(raw: String) async throws(GatewayFailure) -> SendAnswer {
    switch await ask("eth_sendRawTransaction", [raw.json], seconds: 20) {
    case .result(let value):
      guard let bytes = Hex.bytes(raw), let hash = value.text,
        hash.lowercased() == Hex.text(Keccak.hash(bytes))
      else { return .unknown("the node answered another hash") }
      return .accepted
    case .refused(_, let message): return SendAnswer(message: message)
    case .nothing(.permanent(let text, let code)): throw .permanent(text, code: code)
    case .nothing(.transient(let text, _)), .nothing(.unknown(let text)): return .unknown(text)
    }
  }
}

extension EthereumCall {
  var json: JSONValue {
    .object([
      "from": from.json, "to": to.json, "value": Hex.quantity(value).json,
      "data": Hex.text(data).json,
    ])
  }
}
