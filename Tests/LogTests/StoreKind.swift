import Support
import Testing

@testable import Kernel
@testable import Log

/// The stores that must keep the contract.
enum StoreKind: CaseIterable, CustomTestStringConvertible {
  case memory
  case file
  /// A new segment every few groups.
  case fileOfSmallSegments
  /// The same, and all of them but the last sealed.
  case fileOfSealedSegments
  case postgres

  var testDescription: String { "\(self)" }

  func make(in scratch: ScratchFolder) async throws -> any EventStore {
    switch self {
    case .memory: return MemoryStore()
    case .file: return try FileStore.open(folder: scratch.file("\(self)"), environment: .sandbox)
    case .fileOfSmallSegments:
      return try FileStore.open(
        folder: scratch.file("\(self)"), environment: .sandbox, options: .small)
    case .fileOfSealedSegments:
      return SealingStore(
        try FileStore.open(
          folder: scratch.file("\(self)"), environment: .sandbox, options: .small))
    case .postgres: return try await Database.fresh().open()
    }
  }
}

extension FileStore.Options {
  static let small: FileStore.Options = {
    var options = FileStore.Options()
    options.segmentBytes = 4096
    options.stepBytes = 2048
    options.sealing = .byHand
    return options
  }()
}
