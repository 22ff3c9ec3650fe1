import Gateways
import HTTP
import Kernel
import Support
import Testing

@testable import Service

/// Who approves, and which wallet collects.
@Suite struct ApproverSettingsTests {
  private func load(_ variables: [String: String]) -> Result<Configuration, ConfigurationFailure> {
    let folder = ScratchFolder()
    return Result { () throws(ConfigurationFailure) in
      try Configuration.load(
        .sandbox, data: folder.path, listen: HTTPAddress(host: "127.0.0.1", port: 0), file: nil,
        variables: variables)
    }
  }

  private func problems(_ variables: [String: String]) -> [String] {
    guard case .failure(let failure) = load(variables) else { return [] }
    return failure.problems.map(\.name)
  }

  private let ana = "a-key-of-ana-0123456789abcdefghijk"
  private let ben = "a-key-of-ben-0123456789abcdefghijk"

  @Test("does: each approver has a name and a key, which is shown to nobody")
  func reads() throws {
    let configuration = try load(["WEIR_APPROVER_KEYS": "ana=\(ana), ben@x=\(ben)"]).get()
    #expect(configuration.approvers.map(\.name) == ["ana", "ben@x"])
    #expect(configuration.approvers.map { $0.key.reveal() } == [ana, ben])
    #expect(configuration.secrets.contains { $0.matches(ben) })
    let setting = configuration.settings.first { $0.name == .approverKeys }
    #expect(setting?.shown == "(secret)")
    #expect(!"\(configuration)".contains(ana))
    // A sandbox has two of its own.
    #expect(try load([:]).get().approvers.map(\.name) == ["ana", "ben"])
  }

  @Test("refuses: one person alone, names or keys that stand twice, and keys that open other doors")
  func refuses() {
    for text in [
      "ana=\(ana)", "ana=\(ana), ANA=\(ben)", "ana=\(ana), ben=\(ana)", "ana", "=\(ana), b=\(ben)",
      "an a=\(ana), ben=\(ben)", "ana=, ben=\(ben)", "ana=\(ana),", ",",
    ] {
      #expect(problems(["WEIR_APPROVER_KEYS": text]) == ["WEIR_APPROVER_KEYS"], "\(text)")
    }
    // Where accounts may approve too one key is somebody's.
    let account = ["WEIR_ACCOUNT_KEY": "a-key-of-accounts-0123456789abcdefgh"]
    #expect(problems(account.merging(["WEIR_APPROVER_KEYS": "ana=\(ana)"]) { $1 }).isEmpty)
    for name in ["WEIR_OPERATOR_KEY", "WEIR_SERVICE_KEY", "WEIR_ACCOUNT_KEY"] {
      let shared = ["WEIR_APPROVER_KEYS": "ana=\(ana), ben=\(ben)", name: ben]
      #expect(problems(shared) == ["WEIR_APPROVER_KEYS"], "\(name)")
    }
  }

  @Test("does: a configuration that lets nobody approve says what to set")
  func warns() throws {
    var configuration = try load([:]).get()
    #expect(configuration.warnings.isEmpty)
    configuration.approvers = []
    #expect(configuration.warnings.isEmpty)
    configuration.accountKeys = []
    #expect(configuration.warnings.count == 1)
    #expect(configuration.warnings[0].contains("WEIR_APPROVER_KEYS"))
  }

  @Test("refuses: a collect wallet that is no address, or the one that pays")
  func collects() throws {
    let host = try #require(
      EthereumKey(hex: try load([:]).get().hostWalletKey.reveal())
    ).address
    #expect(host.hasPrefix("0x"))
    let good = "0x52908400098527886E0F7030069857D2E4169EE7"
    #expect(try load(["WEIR_COLLECT_WALLET": good]).get().collectWallet == good)
    #expect(try load([:]).get().collectWallet == nil)
    for text in ["0x1", "0x52908400098527886E0F7030069857D2E4169Ee7", "ben"] {
      #expect(problems(["WEIR_COLLECT_WALLET": text]) == ["WEIR_COLLECT_WALLET"], "\(text)")
    }
    // The same folder, so that its host wallet is the same.
    let folder = ScratchFolder()
    func keep(_ variables: [String: String]) throws -> Configuration {
      try Configuration.load(
        .sandbox, data: folder.path, listen: HTTPAddress(host: "127.0.0.1", port: 0), file: nil,
        variables: variables)
    }
    let key = try keep([:]).hostWalletKey
    let own = try #require(EthereumKey(hex: key.reveal())).address
    #expect(throws: ConfigurationFailure.self) { try keep(["WEIR_COLLECT_WALLET": own]) }
  }
}
