import Gateways
import Kernel
import Testing

@testable import Service

/// What tests of the line wait for.
extension EVMLine {
  static let wei: Int128 = 10_000_000_000_000_000_000
  static let tokens: Int128 = 1_000_000_000

  /// Mines until there are so many facts of a name.
  func mine(until count: Int, of name: String) async throws {
    let deadline = ContinuousClock.now + .seconds(240)
    while try facts(name).count < count, ContinuousClock.now < deadline {
      try await mine()
      try await Task.sleep(for: .milliseconds(100))
    }
    #expect(try facts(name).count == count, "\(name)")
  }

  /// Waits without a block until there are so many facts of a name.
  func wait(for count: Int, of name: String) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while try facts(name).count < count, ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(try facts(name).count == count, "\(name)")
  }

  /// Mines until so many transfers are final.
  func settle(_ count: Int) async throws {
    try await mine(until: count, of: "transfer.confirmed.v1")
  }

  /// Gas that was booked, whatever it was for, in wei.
  func fees() throws -> Int128 {
    let names = ["transfer.confirmed.v1", "transfer.reverted.v1", "transfer.cancelled.v1"]
    return try names.flatMap { try facts($0) }.reduce(0) { sum, event in
      switch event {
      case .transfer(.confirmed(let e)): sum + e.fee.units
      case .transfer(.reverted(let e)): sum + e.fee.units
      case .transfer(.cancelled(let e)): sum + e.fee.units
      default: sum
      }
    }
  }

  /// The id of the only transfer there is so far.
  func transfer() throws -> TransferID {
    guard case .transfer(.requested(let e))? = try facts("transfer.requested.v1").first else {
      throw Missing()
    }
    return e.transfer
  }

  struct Missing: Error {}
}
