import Foundation
import Testing

@testable import fuzz

@Suite struct FuzzTests {
  private static let corpus = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../tools/fuzz/corpus").standardized.path

  @Test("survives: the corpus, and what it began with", arguments: FuzzTarget.all.map(\.name))
  func corpus(_ name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let seeds = target.seeds()
    #expect(!seeds.isEmpty)
    for seed in seeds { target.run(seed) }
    let folder = "\(Self.corpus)/\(name)"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(!files.isEmpty)
    for file in files { target.run(try #require(FuzzTool.read("\(folder)/\(file)"))) }
  }

  @Test("does: the corpus stays below 300 KiB")
  func size() throws {
    let files = FileManager.default.enumerator(atPath: Self.corpus)?.compactMap { $0 as? String }
    let sizes = try (files ?? []).compactMap { path -> Int? in
      let facts = try FileManager.default.attributesOfItem(atPath: "\(Self.corpus)/\(path)")
      return facts[.type] as? FileAttributeType == .typeRegular ? facts[.size] as? Int : nil
    }
    #expect(sizes.reduce(0, +) < 300 << 10)
  }
}
