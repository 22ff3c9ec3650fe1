import Simulator
import Support
import Synchronization
import Testing

@testable import Kernel
@testable import Log

@Suite struct SealedSizeTests {
  @Test("hashes: names as SipHash-1-3 with 128 bits does, keyed by log and kind of name")
  func keys() {
    let hasher = KeyHasher(LogID(high: 0x0706_0504_0302_0100, low: 0x0f0e_0d0c_0b0a_0908))
    // Computed by a few lines of Python; what is sealed is found by these for ever.
    #expect(
      hasher.hash(stream("order-1"))
        == KeyHash(high: 0xbb3e_78e1_1403_7651, low: 0x2884_56c5_dda5_46a5))
    #expect(
      hasher.hash(tag("channel:ch1"))
        == KeyHash(high: 0x6db3_4e1e_909f_28df, low: 0x7a45_045e_e509_c70c))
    #expect(
      hasher.hash(.command, "0123456789abcdef")
        == KeyHash(high: 0x33d3_95e6_a71f_dd5f, low: 0x77aa_b27e_933a_47fd))
    #expect(
      hasher.hash(.stream, "")
        == KeyHash(high: 0x97fe_7658_307f_a30c, low: 0x631c_f7f9_c470_ab11))
  }

  @Test("takes: at most 40 % of the canonical bytes for sealed traffic, its index among it")
  func size() throws {
    let disk = SimulatedDisk()
    var options = FileStore.Options.small
    options.segmentBytes = 1 << 20
    options.stepBytes = 1 << 18
    let store = try SealedLog.open(disk, options)
    _ = try store.append([proposal("g", [genesis(log: store.logID)])])
    var story = Story()
    let channels = (1...4).map { story.register($0, threshold: $0 == 1 ? nil : "150") }
    for number in 1...150 {
      story.buy(
        40_000_000 + number * 77_191 % 1_000_003, channels[number % 4],
        user: 500_000 + number * 7_717 % 99_991, paying: "25")
      if number % 20 == 0 { story.runBatches() }
    }
    for (number, recorded) in story.log.dropFirst().enumerated() {
      let digest = SHA256.digest(of: Array("\(number)".utf8))
      _ = try store.append([
        Proposal(
          command: id("machine:\(number):\(HexText.of(digest.prefix(8)))"), digest: digest,
          actor: "process", causedBy: UInt64(number + 1), at: recorded.at,
          events: [recorded.event])
      ])
    }
    try store.sealAll()
    let sealed = try #require(store.map.withLock { $0.index.sealed.first })
    let part = Double(sealed.footer.fileSize) / Double(sealed.footer.canonicalBytes)
    #expect(part <= 0.40, "\(part) of \(sealed.footer.canonicalBytes) bytes")
    #expect(sealed.indexBytes <= sealed.count * 8 + 3 * SealedFormat.page)
  }
}
