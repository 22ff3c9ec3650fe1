import Foundation

/// The local Ethereum node of `tools/evmnode`, run as a process; it ends with this one.
///
/// Blocks are made on request only (`evm_mine`), and it holds a USDT-like token.
public final class EVMProcess: Sendable {
  public struct NotStarted: Error, CustomStringConvertible {
    public let description: String
  }

  /// The first development account's key: it holds the token's supply and owns it.
  public static let ownerKey = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"

  public let url: String
  /// The token's address, in lower-case hex.
  public let token: String
  // Held so that the node's input stays open; never touched again.
  private let process: ChildProcess

  /// - Parameter address: where the token is to stand; nil for wherever its deployment puts it.
  public init(tokenAt address: String? = nil) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    process = try ChildProcess(
      root.appending(path: "tools/evmnode/start").path,
      ["--port", "0", "--manual", "--exit-with-stdin"]
        + (address.map { ["--usdt-at", $0] } ?? ["--usdt"]), input: .pipe, output: .pipe)
    var text = ""
    while !text.contains("\n") {
      let more = process.output?.some() ?? ""
      guard !more.isEmpty else {
        throw NotStarted(description: "tools/evmnode/start ended without READY")
      }
      text += more
    }
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.first == "READY", words.count == 6, let token = words[5].split(separator: "=").last
    else { throw NotStarted(description: text) }
    url = String(words[1])
    self.token = String(token)
  }
}
