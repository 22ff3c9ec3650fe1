import Sandbox
import Service

/// The providers' stand-ins, in this process, where a sandbox names no others.
struct StandIns {
  private let sandbox: Sandbox

  /// Nil where none are needed.
  static func start(
    for configuration: inout Configuration, logger: Logger
  ) throws(Failure) -> StandIns? {
    guard configuration.isSandbox else { return nil }
    do throws(SandboxError) {
      guard let sandbox = try Sandbox.start(for: &configuration) else { return nil }
      logger.info(
        "stand_ins",
        [
          "admin": .text(sandbox.adminURL), "nowpayments": .text(sandbox.nowPaymentsURL),
          "changenow": .text(sandbox.changeNOWURL), "ethereum": .text(sandbox.ethereumURL),
          "telegram": .text(sandbox.telegramURL),
        ])
      return StandIns(sandbox: sandbox)
    } catch {
      throw Failure(error)
    }
  }

  func stop() { sandbox.stop() }
}

extension Failure {
  init(_ error: SandboxError) {
    switch error {
    case .notListening: self.init(.failure, error.description)
    case .folder, .wallet: self.init(.refused, error.description)
    }
  }
}
