import CISAL
import JSON
import Simulator
import Testing

@testable import Kernel
@testable import Log

@Suite struct PartsTests {
  /// Bit by bit, as the polynomial is written.
  private func plain(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    ~bytes.reduce(~0 as UInt32) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in
        sum & 1 == 1 ? sum >> 1 ^ 0x82f6_3b78 : sum >> 1
      }
    }
  }

  @Test("checksums: as RFC 3720 says, and of parts as of the whole")
  func crc32c() {
    let known: [([UInt8], UInt32)] = [
      (Array("123456789".utf8), 0xe306_9283), ([], 0),
      ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
      ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43), (Array(0..<32), 0x46dd_794e),
    ]
    for (bytes, sum) in known {
      #expect(bytes.withUnsafeBytes { weir_crc32c(0, $0.baseAddress, $0.count) } == sum)
      #expect(bytes.withUnsafeBytes { plain($0) } == sum)
    }
    var dice = Dice(seed: 5)
    for length in Array(0...300) + [767, 768, 3_071, 3_072, 3_080, 9_300] {
      let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
      bytes.withUnsafeBytes { raw in
        let sum = weir_crc32c(0, raw.baseAddress, raw.count)
        #expect(plain(raw) == sum)
        let half = length / 2
        let first = weir_crc32c(0, raw.baseAddress, half)
        #expect(weir_crc32c(first, raw.part(half, length - half).baseAddress, length - half) == sum)
      }
    }
  }

  @Test("hashes: as FIPS 180-4 says, one after another in one context")
  func sha256() {
    #expect(
      HexText.of(SHA256.digest(of: Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      HexText.of(SHA256.digest(of: []))
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    let chain = Chain()
    let one = Array("one".utf8).withUnsafeBytes { chain.hash(after: .zero, $0) }
    let two = Array("two".utf8).withUnsafeBytes { chain.hash(after: one, $0) }
    #expect(two.bytes == SHA256.digest(of: one.bytes + Array("two".utf8)))
  }

  @Test("reads: names of streams and tags in their one form")
  func labels() {
    for text in ["order-1", "wallet-1-0xAb", "channel-ch-1003:7"] {
      #expect(StreamName(text: text)?.text == text)
    }
    for text in ["", "-", "order", "order-", "-1", "Order-1", "order-1 ", "order-ä", "order:1"] {
      #expect(StreamName(text: text) == nil, "\(text)")
    }
    #expect(Tag(text: "tx:0xab") == .transaction("0xab"))
    for text in ["", ":", "tx:", ":a", "tx-1", "tx:a\n", "t x:1"] {
      #expect(Tag(text: text) == nil, "\(text)")
    }
  }

  @Test("reads: an envelope only in the form it is written in")
  func envelope() throws {
    let store = MemoryStore()
    _ = try store.append([proposal("c1", [placed(1)], causedBy: 3)])
    let event = try #require(try store.read(after: 0, limit: 1).first)
    var writer = BodyWriter()
    event.envelope.write(body: event.body, to: &writer)
    let bytes = writer.out.bytes
    #expect(try JSONValue.parse(bytes).written(.sorted) == bytes)
    let line = LogExport.line(of: event)
    #expect(try JSONValue.parse(line).written(.sorted) == line)
    #expect(try JSONValue.parse(line)["hash"]?.text == HexText.of(event.hash))
    func read(_ bytes: [UInt8], _ count: Int) throws -> Envelope {
      let result: Result<Envelope, BodyFailure> = bytes.withUnsafeBytes { raw in
        do throws(BodyFailure) {
          return .success(try Envelope.read(raw, body: count))
        } catch {
          return .failure(error)
        }
      }
      return try result.get()
    }
    #expect(try read(bytes, event.body.count) == event.envelope)
    for count in [0, event.body.count - 1, event.body.count + 1, Int.max] {
      #expect(throws: BodyFailure.self) { try read(bytes, count) }
    }
    for length in bytes.indices {
      #expect(throws: BodyFailure.self) { try read(Array(bytes[..<length]), event.body.count) }
    }
    #expect(throws: BodyFailure.self) { try read(line, event.body.count) }
    for (right, wrong) in [("\"partition\":1", "\"partition\":2"), ("n\":1,\"s", "n\":0,\"s")] {
      let text = String(decoding: bytes, as: UTF8.self).replacing(right, with: wrong)
      #expect(text.utf8.count == bytes.count)
      #expect(throws: BodyFailure.self) { try read(Array(text.utf8), event.body.count) }
    }
  }

  @Test("finds: a tag among a fact's own, and none that is longer or shorter by a letter")
  func tagsOfFacts() {
    var count = 0
    for blank in LedgerEvent.blanks {
      let event = Filler.fill(blank.event, full: true)
      var place = PlaceText()
      place.add(event)
      let tags = event.place.tags
      for tag in tags {
        count += 1
        #expect(TagBytes(tag).isIn(place), "\(blank.name) \(tag)")
        for text in [tag.text + "0", String(tag.text.dropLast())] {
          guard let other = Tag(text: text), !tags.contains(other) else { continue }
          #expect(!TagBytes(other).isIn(place), "\(blank.name) \(other)")
        }
      }
    }
    #expect(count > 100)
  }
}
