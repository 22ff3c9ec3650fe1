import JSON

// What the chain says: accounts, blocks, receipts.
extension EthereumNode {
  public func chainID() async throws(GatewayFailure) -> Int {
    try await integer("eth_chainId")
  }

  /// The next nonce of an account; `pending` counts what waits in this node's pool.
  public func nonce(of account: String, at tag: BlockTag) async throws(GatewayFailure) -> Int {
    try await integer("eth_getTransactionCount", [account.json, tag.rawValue.json])
  }

  /// The next nonce of an account as it was after a block.
  public func nonce(of account: String, atBlock number: Int) async throws(GatewayFailure) -> Int {
    try await integer(
      "eth_getTransactionCount", [account.json, Hex.quantity(Int128(number)).json])
  }

  /// Wei that an account had after a block.
  public func balance(
    of account: String, atBlock number: Int
  ) async throws(GatewayFailure) -> Int128 {
    try await quantity("eth_getBalance", [account.json, Hex.quantity(Int128(number)).json])
  }

  /// Wei.
  public func balance(of account: String) async throws(GatewayFailure) -> Int128 {
    try await quantity("eth_getBalance", [account.json, BlockTag.latest.rawValue.json])
  }

  /// The token's smallest units.
  public func tokenBalance(
    of account: String, contract: String
  ) async throws(GatewayFailure) -> Int128 {
    try await tokenBalance(of: account, contract, BlockTag.latest.rawValue)
  }

  /// The same as it was after a block.
  public func tokenBalance(
    of account: String, contract: String, atBlock number: Int
  ) async throws(GatewayFailure) -> Int128 {
    try await tokenBalance(of: account, contract, Hex.quantity(Int128(number)))
  }

  private func tokenBalance(
    of account: String, _ contract: String, _ block: String
  ) async throws(GatewayFailure) -> Int128 {
    guard let data = ERC20.balance(of: account) else {
      throw .permanent("no account to ask about", code: .addressInvalid)
    }
    let question = JSONValue.object(["to": contract.json, "data": Hex.text(data).json])
    let answer = try await read("eth_call", [question, block.json])
    guard let bytes = answer.text.flatMap({ Hex.bytes($0) }) else { throw unreadable("eth_call") }
    guard !bytes.isEmpty else {
      throw .permanent("no token at the contract's address", code: .addressInvalid)
    }
    guard let units = Hex.word(bytes) else { throw unreadable("eth_call") }
    return units
  }

  /// The number of the block that the tag stands for now.
  public func blockNumber(_ tag: BlockTag) async throws(GatewayFailure) -> Int {
    let block = try await read("eth_getBlockByNumber", [tag.rawValue.json, .bool(false)])
    guard let number = block["number"].quantity.flatMap({ Int(exactly: $0) }) else {
      throw unreadable("eth_getBlockByNumber")
    }
    return number
  }

  /// The hash of the block that stands at a number now; nil beyond the head.
  public func blockHash(at number: Int) async throws(GatewayFailure) -> String? {
    let parameters = [Hex.quantity(Int128(number)).json, .bool(false)]
    let block = try await read("eth_getBlockByNumber", parameters)
    guard !block.isNull else { return nil }
    guard let hash = block["hash"]?.text else { throw unreadable("eth_getBlockByNumber") }
    return hash.lowercased()
  }

  /// The receipt of a transaction; nil while no block this node knows holds it.
  ///
  /// A block may still be replaced: what counts is one at or below the finalized block.
  public func receipt(_ hash: String) async throws(GatewayFailure) -> Receipt? {
    let answer = try await read("eth_getTransactionReceipt", [hash.json])
    guard !answer.isNull else { return nil }
    guard let receipt = Receipt(answer) else { throw unreadable("eth_getTransactionReceipt") }
    guard receipt.hash == hash.lowercased() else {
      throw .permanent("the receipt of another transaction", code: .answerDiffers)
    }
    return receipt
  }

  /// True where this node has the transaction, in a block or in its pool.
  public func knows(_ hash: String) async throws(GatewayFailure) -> Bool {
    try await !read("eth_getTransactionByHash", [hash.json]).isNull
  }
}
