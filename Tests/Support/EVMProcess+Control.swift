import HTTP
public import JSON

// What only a test may ask of the node: to mine, to take blocks back, to be dear, to misbehave.
extension EVMProcess {
  private static let http = HTTPClient()

  public struct Refused: Error, CustomStringConvertible {
    public let description: String
  }

  @discardableResult
  public func control(_ method: String, _ parameters: JSONValue...) async throws -> JSONValue {
    let question = JSONValue.object([
      "jsonrpc": .string("2.0"), "id": .integer(1), "method": .string(method),
      "params": .array(parameters),
    ])
    let answer = try await Self.http.send(
      HTTPClientRequest(
        method: "POST", url: url, headers: ["Content-Type": "application/json"],
        body: question.written(.asIs))
    ).get()
    let value = try JSONValue.parse(answer.body)
    if let error = value["error"] { throw Refused(description: "\(method): \(error)") }
    return value["result"] ?? .null
  }

  private func quantity(_ number: some BinaryInteger) -> JSONValue {
    .string("0x" + String(number, radix: 16))
  }

  public func mine(_ blocks: Int = 1) async throws {
    try await control("evm_mine", quantity(blocks))
  }

  /// The next calls of a method go wrong in a way of the node's `test_fault`.
  public func fault(_ method: String, _ mode: String, _ count: Int) async throws {
    try await control(
      "test_fault",
      .object([
        "method": .string(method), "mode": .string(mode), "count": .integer(count),
        "code": .integer(-32_603), "message": .string("injected"),
      ]))
  }

  /// Wei.
  public func setBalance(_ account: String, _ wei: Int128) async throws {
    try await control("anvil_setBalance", .string(account), quantity(wei))
  }

  /// The base fee of the next block, in wei.
  public func setBaseFee(_ wei: Int) async throws {
    try await control("test_setBaseFee", quantity(wei))
  }

  /// Replaces the last blocks by empty ones; what was in them waits again, or is lost.
  public func reorganise(_ depth: Int, isLost: Bool) async throws {
    try await control(
      "test_reorg",
      .object(["depth": quantity(depth), "requeue": .bool(!isLost), "empty": .bool(true)]))
  }

  /// Forgets a transaction that waits, as pools do.
  public func forget(_ hash: String) async throws {
    try await control("anvil_dropTransaction", .string(hash))
  }
}
