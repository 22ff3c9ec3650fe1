import Foundation
import Gateways
import JSON
public import Service

extension Sandbox {
  /// Starts stand-ins for the outside addresses that a sandbox's configuration leaves open, writes
  /// their addresses into it, and into `sandbox/addresses.json` of the data folder for tools.
  ///
  /// Nil where nothing is open. Call it for a sandbox only: a live configuration has no open ones.
  public static func start(
    for configuration: inout Configuration, adjusted: (inout SandboxSettings) -> Void = { _ in }
  ) throws(SandboxError) -> Sandbox? {
    guard
      configuration.nowPayments.url == nil || configuration.changeNOW.url == nil
        || configuration.ethereum.rpcURL == nil
    else { return nil }
    precondition(configuration.isSandbox, "a live configuration left an address open")
    var settings = SandboxSettings()
    settings.nowPaymentsKey = configuration.nowPayments.apiKey.reveal()
    if let account = configuration.nowPayments.account {
      settings.nowPaymentsEmail = account.email.reveal()
      settings.nowPaymentsPassword = account.password.reveal()
    }
    settings.changeNOWKey = configuration.changeNOW.apiKey.reveal()
    if let token = configuration.telegram.token { settings.telegramToken = token.reveal() }
    settings.ipnSecret = configuration.nowPayments.ipnSecrets.first?.reveal() ?? ""
    settings.hostWallet = EthereumKey(hex: configuration.hostWalletKey.reveal())?.address
    settings.chainID = configuration.ethereum.chainID
    settings.folder = DataFolder(configuration.data).sandbox
    adjusted(&settings)
    let sandbox = try start(settings)
    configuration.nowPayments.url = configuration.nowPayments.url ?? sandbox.nowPaymentsURL
    configuration.changeNOW.url = configuration.changeNOW.url ?? sandbox.changeNOWURL
    configuration.ethereum.rpcURL =
      configuration.ethereum.rpcURL ?? Secret(sandbox.ethereumURL)
    configuration.telegram.url = configuration.telegram.url ?? sandbox.telegramURL
    try sandbox.writeAddresses(DataFolder(configuration.data).sandbox + "/addresses.json")
    return sandbox
  }

  private func writeAddresses(_ path: String) throws(SandboxError) {
    let addresses = JSONValue.object([
      "admin": .string(adminURL), "changenow": .string(changeNOWURL),
      "ethereum": .string(ethereumURL), "nowpayments": .string(nowPaymentsURL),
      "telegram": .string(telegramURL),
    ])
    do {
      try Data(addresses.written(.sorted)).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw .folder("\(path): \(error.localizedDescription)")
    }
  }
}
