import CLZ4
import Kernel

/// Compresses texts that all begin with the same dictionary in mind.
final class BlockCompressor {
  // Level 6 of 12: on the log's own text higher ones are half as fast for a thousandth of its size.
  private static let level: Int32 = 6
  private let fresh: OpaqueState
  private let working: OpaqueState
  private let dictionary: UnsafeMutableRawBufferPointer
  private let count: Int

  private typealias OpaqueState = UnsafeMutablePointer<LZ4_streamHC_t>

  init(dictionary: [UInt8]) {
    guard let fresh = LZ4_createStreamHC(), let working = LZ4_createStreamHC() else {
      preconditionFailure("no memory for LZ4")
    }
    self.fresh = fresh
    self.working = working
    count = dictionary.count
    self.dictionary = .allocate(byteCount: max(1, dictionary.count), alignment: 64)
    self.dictionary.copyBytes(from: dictionary)
    LZ4_resetStreamHC_fast(fresh, Self.level)
    LZ4_loadDictHC(
      fresh, self.dictionary.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(count))
  }

  deinit {
    LZ4_freeStreamHC(fresh)
    LZ4_freeStreamHC(working)
    dictionary.deallocate()
  }

  /// Appends the compressed form of a text; gives its bytes.
  func append(_ text: [UInt8], to bytes: inout [UInt8]) -> Int {
    let start = bytes.count
    let most = Int(LZ4_compressBound(Int32(text.count)))
    bytes.append(contentsOf: repeatElement(0, count: most))
    // A copy of the state that knows the dictionary: making it anew takes twenty times as long.
    UnsafeMutableRawPointer(working).copyMemory(
      from: fresh, byteCount: Int(LZ4_sizeofStateHC()))
    let count = text.withUnsafeBytes { source in
      bytes.withUnsafeMutableBytes { target in
        LZ4_compress_HC_continue(
          working, source.baseAddress?.assumingMemoryBound(to: CChar.self),
          target.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self),
          Int32(text.count), Int32(most))
      }
    }
    precondition(count > 0, "LZ4 compressed nothing")
    bytes.removeLast(most - Int(count))
    return Int(count)
  }
}

/// Gathers consecutive records into a block.
struct BlockPacker {
  private let compressor: BlockCompressor
  private var block = SealedBlock()
  private var bodies: [UInt8] = []
  private var tails: [UInt8] = []
  private var table: [UInt8] = []
  private var hashes: [UInt8] = []
  private var digests: [UInt8] = []
  private var at: Int64 = 0

  init(dictionary: [UInt8]) { compressor = BlockCompressor(dictionary: dictionary) }

  var isEmpty: Bool { block.events == 0 }
  var isFull: Bool { bodies.count + tails.count >= SealedFormat.blockText }

  /// - Parameter begun: The proposal that begins with the record, where one does.
  mutating func take(
    _ record: Record, _ instant: Instant, name: Int, begun: FramePayload.Proposal?
  ) {
    if isEmpty {
      block.first = record.position
      block.at = instant.microseconds
      at = instant.microseconds
    }
    let tail = record.envelope[(Envelope.bodyStart + record.bodyCount)...]
    bodies.append(contentsOf: record.body)
    tails.append(contentsOf: tail)
    table.append(varint: UInt64(record.bodyCount))
    table.append(varint: UInt64(tail.count))
    table.append(varint: UInt64(name))
    table.append(varint: UInt64(instant.microseconds - at))
    table.append(varint: UInt64(begun?.count ?? 0))
    at = instant.microseconds
    withUnsafeBytes(of: record.hash.words) { hashes.append(contentsOf: $0) }
    if let begun {
      withUnsafeBytes(of: begun.digest.words) { digests.append(contentsOf: $0) }
      block.proposals += 1
    }
    block.events += 1
  }

  /// Appends the block to what is to be written, and begins the next one.
  ///
  /// - Parameter offset: Where the block will lie in its file.
  mutating func finish(into bytes: inout [UInt8], at offset: UInt64, _ seed: SealedFormat.Seed) {
    let start = bytes.count
    block.table = table.count
    block.text = bodies.count + tails.count
    bytes.append(contentsOf: repeatElement(0, count: SealedBlock.headSize))
    bytes.append(contentsOf: table)
    bodies.append(contentsOf: tails)
    block.compressed = compressor.append(bodies, to: &bytes)
    bytes.append(contentsOf: hashes)
    bytes.append(contentsOf: digests)
    block.complete(&bytes, from: start, at: offset, seed)
    bytes.appendZeros(to: start + (block.total + 7) & ~7)
    block = SealedBlock()
    bodies.removeAll(keepingCapacity: true)
    tails.removeAll(keepingCapacity: true)
    table.removeAll(keepingCapacity: true)
    hashes.removeAll(keepingCapacity: true)
    digests.removeAll(keepingCapacity: true)
  }
}
