import Foundation
import HTTP
import Kernel
import Support
import Testing

@testable import Service

@Suite struct ConfigurationTests {
  private let folder = ScratchFolder()
  private static let key = String(repeating: "1f", count: 32)

  /// A live configuration without a fault.
  func live() throws -> [String: String] {
    let file = folder.file("wallet")
    try "0x\(Self.key)\n".write(toFile: file, atomically: true, encoding: .utf8)
    chmod(file, 0o600)
    return [
      "WEIR_NOWPAYMENTS_IPN_SECRET": "N0wPay-Ipn-Secret-7f3a",
      "WEIR_NOWPAYMENTS_API_KEY": "AB12CD3-EF45GH6-IJ78KL9-MN01OP2",
      "WEIR_NOWPAYMENTS_URL": "https://api.nowpayments.io/v1/",
      "WEIR_CHANGENOW_API_KEY": "c4f1e0d2b3a495867788",
      "WEIR_CHANGENOW_URL": "https://api.changenow.io",
      "WEIR_ETHEREUM_RPC_URL": "https://rpc.provider.net/v3/0123456789abcdef0123456789abcdef",
      "WEIR_ETHEREUM_CHAIN_ID": "1", "WEIR_HOST_WALLET_KEY_FILE": file,
      "WEIR_SERVICE_KEY": "3b1d7c9e5a2f4860b7d1c3e5f7a9082416",
      "WEIR_PUBLIC_URL": "https://pay.weir.net",
    ]
  }

  func load(
    _ environment: Environment, _ variables: [String: String], file: String? = nil
  ) -> Result<Configuration, ConfigurationFailure> {
    Result { () throws(ConfigurationFailure) in
      try Configuration.load(
        environment, data: folder.path, listen: HTTPAddress(host: "127.0.0.1", port: 8080),
        file: file, variables: variables)
    }
  }

  func problems(
    _ environment: Environment, _ variables: [String: String], file: String? = nil
  ) -> [String] {
    guard case .failure(let failure) = load(environment, variables, file: file) else { return [] }
    return failure.problems.map(\.name)
  }

  @Test("does: a live configuration is taken as it stands, trimmed")
  func takes() throws {
    var variables = try live()
    variables["WEIR_SERVICE_KEY"]! += "\n"
    variables["WEIR_FEE_BASIS_POINTS"] = " 250 "
    variables["WEIR_NOWPAYMENTS_IPN_SECRET"] = "\tN0wPay-Ipn-Secret-7f3a\r\n"
    let configuration = try load(.live, variables).get()
    #expect(configuration.policy.fee == BasisPoints(250))
    #expect(configuration.serviceKeys[0].matches("3b1d7c9e5a2f4860b7d1c3e5f7a9082416"))
    #expect(configuration.nowPayments.ipnSecrets[0].matches("N0wPay-Ipn-Secret-7f3a"))
    #expect(configuration.nowPayments.url == "https://api.nowpayments.io/v1")
    #expect(configuration.ethereum.finality == .finalized)
    #expect(configuration.noticeURL == "https://pay.weir.net/webhooks/nowpayments")
    #expect(!configuration.opensReads)
    #expect(configuration.hostWalletKey.matches("0x\(Self.key)"))
  }

  @Test("refuses: a live configuration that says nothing, naming all that is missing at once")
  func missing() {
    let names = problems(.live, [:])
    let wanted = [
      "NOWPAYMENTS_IPN_SECRET", "NOWPAYMENTS_API_KEY", "NOWPAYMENTS_URL", "CHANGENOW_API_KEY",
      "CHANGENOW_URL", "ETHEREUM_RPC_URL", "ETHEREUM_CHAIN_ID", "HOST_WALLET_KEY_FILE",
      "SERVICE_KEY", "PUBLIC_URL",
    ]
    #expect(Set(names) == Set(wanted.map { "WEIR_" + $0 }))
    #expect(names.count == wanted.count)
  }

  @Test("does: a sandbox needs nothing, and keeps the keys it made")
  func sandbox() throws {
    let first = try load(.sandbox, [:]).get()
    let second = try load(.sandbox, [:]).get()
    #expect(second.serviceKeys[0].matches(first.serviceKeys[0].reveal()))
    #expect(second.hostWalletKey.matches(first.hostWalletKey.reveal()))
    #expect(first.opensReads)
    #expect(first.nowPayments.url == nil)
    for name in [
      "ipn-secret", "service-key", "operator-key", "host-wallet-key", "approver-ana-key",
      "approver-ben-key",
    ] {
      var status = stat()
      #expect(stat("\(folder.path)/sandbox/\(name)", &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
    }
  }

  @Test("refuses: live addresses that lead to stand-ins, test nets or this machine")
  func standIns() throws {
    let bad = [
      "http://127.0.0.1:9/v1", "http://localhost/", "https://[::1]:1", "https://0.0.0.0",
      "https://api-sandbox.nowpayments.io/v1", "https://sepolia.provider.net/v3/x",
      "http://api.nowpayments.io", "ftp://x.net", "https://user:word@x.net", "https://", "x.net",
      "https://x.net/?a=b", "https://x .net",
    ]
    for address in bad {
      for name in ["WEIR_NOWPAYMENTS_URL", "WEIR_CHANGENOW_URL", "WEIR_PUBLIC_URL"] {
        var variables = try live()
        variables[name] = address
        #expect(problems(.live, variables) == [name], "\(name) = \(address)")
      }
    }
    var variables = try live()
    variables["WEIR_ETHEREUM_RPC_URL"] = "http://127.0.0.1:8545"
    variables["WEIR_ETHEREUM_CHAIN_ID"] = "11155111"
    #expect(
      Set(problems(.live, variables)) == ["WEIR_ETHEREUM_RPC_URL", "WEIR_ETHEREUM_CHAIN_ID"])
  }

  @Test("refuses: a sandbox that would call the real providers")
  func realFromSandbox() {
    let name = "WEIR_NOWPAYMENTS_URL"
    #expect(problems(.sandbox, [name: "https://api.nowpayments.io/v1"]) == [name])
  }

  @Test("refuses: paths, samples, short texts and white space where a secret is wanted")
  func secrets() throws {
    for value in [
      "/run/secrets/ipn", "projects/1/secrets/ipn/versions/latest", "./secret-file-of-mine",
      "../../etc/secrets-of-ours", "file:///etc/secret", "sh0rt-1", "changeme-changeme-changeme",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "two words that are long enough to be one",
      "your-secret-goes-here-please-do",
    ] {
      for name in ["WEIR_NOWPAYMENTS_IPN_SECRET", "WEIR_SERVICE_KEY"] {
        var variables = try live()
        variables[name] = value
        let found = load(.live, variables)
        guard case .failure(let failure) = found else {
          Issue.record("\(name) took \(value)")
          continue
        }
        #expect(failure.problems.map(\.name) == [name])
        #expect(!failure.description.contains(value))
      }
    }
  }

  @Test("refuses: a wallet key as a value, in a file others may read, or in none")
  func walletKey() throws {
    let name = "WEIR_HOST_WALLET_KEY_FILE"
    for value in [Self.key, "0x" + Self.key, folder.file("none"), folder.path] {
      var variables = try live()
      variables[name] = value
      let found = load(.live, variables)
      #expect(problems(.live, variables) == [name], "\(value)")
      if case .failure(let failure) = found { #expect(!failure.description.contains(Self.key)) }
    }
    let variables = try live()
    chmod(folder.file("wallet"), 0o644)
    #expect(problems(.live, variables) == [name])
    try "not a key".write(toFile: folder.file("wallet"), atomically: false, encoding: .utf8)
    chmod(folder.file("wallet"), 0o600)
    #expect(problems(.live, variables) == [name])
  }

  @Test("does: a second node is optional and secret; refuses: the first once more")
  func secondNode() throws {
    var variables = try live()
    #expect(try load(.live, variables).get().ethereum.secondRPCURL == nil)
    let name = "WEIR_ETHEREUM_SECOND_RPC_URL"
    variables[name] = "https://node.other.net/fedcba9876543210fedcba9876543210"
    let configuration = try load(.live, variables).get()
    #expect(configuration.ethereum.secondRPCURL?.matches(variables[name]!) == true)
    #expect(configuration.secrets.contains { $0.matches("fedcba9876543210fedcba9876543210") })
    #expect(!"\(configuration)".contains("fedcba9876543210"))
    variables[name] = variables["WEIR_ETHEREUM_RPC_URL"]
    #expect(problems(.live, variables) == [name])
    variables[name] = "http://127.0.0.1:8545"
    #expect(problems(.live, variables) == [name])
  }

  @Test("does: a witness is a file outside the data folder, or none")
  func witness() throws {
    let name = "WEIR_WITNESS_PATH"
    #expect(try load(.live, live()).get().witnessPath == nil)
    var variables = try live()
    variables[name] = "/mnt/other/weir-checkpoints"
    #expect(try load(.live, variables).get().witnessPath == "/mnt/other/weir-checkpoints")
    for value in ["other/file", "/mnt/other/", folder.file("witness"), Self.key] {
      variables[name] = value
      #expect(problems(.live, variables) == [name], "\(value)")
    }
  }

  @Test("refuses: numbers, switches and words out of their range, and names there are not")
  func ranges() {
    let bad = [
      "WEIR_FEE_BASIS_POINTS": "5001", "WEIR_PAYMENT_MIN_TOLERANCE_BASIS_POINTS": "0.5",
      "WEIR_BATCH_INTERVAL_SECONDS": "-1", "WEIR_BATCH_AT_ONCE": "maybe",
      "WEIR_ACCUMULATION": "2", "WEIR_SWAP_FLOW": "fast", "WEIR_LANE_RETRY_SECONDS": "0",
      "WEIR_ETHEREUM_CONFIRMATIONS": "0", "WEIR_ETHEREUM_MAX_GAS": "1e6",
      "WEIR_FEE_BASIS_POINT": "300", "WEIR_fee_basis_points": "300", "WEIR_": "x",
    ]
    #expect(Set(problems(.sandbox, bad)) == Set(bad.keys))
    #expect(problems(.sandbox, ["WEIR_TEST_LONG": "1", "OTHER": "2"]) == [])
  }

  @Test("does: the file's names are the variables', which win over it")
  func file() throws {
    let path = folder.file("weir.conf")
    try """
    # what we take
    fee_basis_points = "250"   # two and a half
    WEIR_BATCH_INTERVAL_SECONDS = 60
    swap_flow = 'standard'

    accumulation = off # for now
    """.write(toFile: path, atomically: true, encoding: .utf8)
    let configuration = try load(.sandbox, ["WEIR_FEE_BASIS_POINTS": "275"], file: path).get()
    #expect(configuration.policy.fee == BasisPoints(275))
    #expect(configuration.batchIntervalSeconds == 60)
    #expect(configuration.swapFlow == .standard)
    #expect(!configuration.policy.isAccumulating)
    let origin = configuration.settings.first { $0.name == .swapFlow }?.origin
    #expect(origin == .file)
  }

  @Test("refuses: lines that say nothing, names twice or unknown, quotes left open; by line")
  func badFile() throws {
    let path = folder.file("weir.conf")
    try "fee_basis_points\nfoo = 1\nswap_flow = \"standard\nopen_reads = on\nopen_reads = off\n"
      .write(toFile: path, atomically: true, encoding: .utf8)
    #expect(problems(.sandbox, [:], file: path) == [1, 2, 3, 5].map { "\(path):\($0)" })
    #expect(problems(.sandbox, [:], file: folder.file("none")) == [folder.file("none")])
  }

  @Test("refuses: a live file with secrets that others may read")
  func openFile() throws {
    var variables = try live()
    let path = folder.file("weir.conf")
    let key = try #require(variables["WEIR_SERVICE_KEY"])
    variables["WEIR_SERVICE_KEY"] = nil
    try "service_key = \"\(key)\"\n".write(toFile: path, atomically: false, encoding: .utf8)
    chmod(path, 0o640)
    #expect(problems(.live, variables, file: path) == [path])
    chmod(path, 0o600)
    #expect(problems(.live, variables, file: path) == [])
  }

  @Test("refuses: another text than the secret, however near")
  func matching() {
    let secret = Secret("abcdef")
    #expect(secret.matches("abcdef"))
    for text in ["", "abcde", "abcdefa", "abcdefabcdef", "Abcdef", "abcdeg"] {
      #expect(!secret.matches(text), "\(text)")
    }
    #expect(!Secret("").matches(""))
    #expect("\(secret)\(String(reflecting: secret))" == "(secret)(secret)")
  }

  @Test("does: times of RFC 3339 are instants, and nothing else is")
  func times() {
    let same = [
      "2026-11-24T16:47:11Z", "2026-11-24t16:47:11z", "2026-11-24 16:47:11.000Z",
      "2026-11-24T18:47:11+02:00", "2026-11-24T11:17:11.0000009-05:30",
    ]
    for text in same {
      #expect(RFC3339.instant(text)?.text == "2026-11-24T16:47:11.000000Z", "\(text)")
    }
    #expect(RFC3339.instant("2026-11-24T16:47:11.5Z")?.text == "2026-11-24T16:47:11.500000Z")
    for text in [
      "", "2026-11-24", "2026-11-24T16:47Z", "2026-11-24T16:47:11", "2026-02-29T00:00:00Z",
      "2026-11-24T24:00:00Z", "2026-11-24T16:47:60Z", "2026-11-24T16:47:11.Z",
      "2026-11-24T16:47:11+2:00", "2026-11-24T16:47:11+24:00", "1969-12-31T23:59:59Z",
      "1970-01-01T00:00:00+01:00", "2026-11-24T16:47:11ZZ", "+026-11-24T16:47:11Z",
    ] {
      #expect(RFC3339.instant(text) == nil, "\(text)")
    }
  }
}
