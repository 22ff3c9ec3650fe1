import Service

/// The providers' stand-ins, in this process, where a sandbox names no others.
struct StandIns {
  /// Nil where none are needed.
  static func start(
    for configuration: inout Configuration, logger: Logger
  ) throws(Failure) -> StandIns? {
    let named = [
      configuration.nowPayments.url, configuration.changeNOW.url,
      configuration.ethereum.rpcURL?.reveal(),
    ]
    guard configuration.isSandbox, named.contains(nil) else { return nil }
    throw Failure(.refused, "name all three providers' addresses")
  }

  func stop() {}
}
