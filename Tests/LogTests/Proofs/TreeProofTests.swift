import Testing

@testable import Kernel
@testable import Log

@Suite struct TreeProofTests {
  private let chain = Chain()

  private func sha(_ bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { chain.hash($0) } }
  private func leaf(_ bytes: [UInt8]) -> Digest { sha([0] + bytes) }

  /// `MTH` of RFC 6962, word for word.
  private func root(_ leaves: ArraySlice<Digest>) -> Digest {
    guard let first = leaves.first else { return sha([]) }
    guard leaves.count > 1 else { return first }
    var split = 1
    while split * 2 < leaves.count { split *= 2 }
    let middle = leaves.startIndex + split
    return sha([1] + root(leaves[..<middle]).bytes + root(leaves[middle...]).bytes)
  }

  private func edge(_ leaves: some Sequence<Digest>) -> TreeEdge {
    var edge = TreeEdge()
    for leaf in leaves { edge.append(leaf, chain) }
    return edge
  }

  private func path(_ ranges: [Range<UInt64>], _ leaves: [Digest]) -> [Digest] {
    var collector = SubtreeCollector(ranges)
    for leaf in leaves { collector.append(leaf, chain) }
    return collector.roots(chain)
  }

  private let leaves = (0..<64).map { number in
    [UInt8(0), UInt8(number)].withUnsafeBytes { Chain().hash($0) }
  }

  @Test("does: the roots of Certificate Transparency's eight leaves are those of RFC 6962's tests")
  func vectors() throws {
    let inputs: [[UInt8]] = [
      [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
      Array(0x50...0x57), Array(0x60...0x6f),
    ]
    let roots = [
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    let leaves = inputs.map(leaf)
    for size in 0...8 {
      #expect(HexText.of(edge(leaves.prefix(size)).root(chain).bytes) == roots[size])
    }
    let wanted = [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    let found = path(TreeProof.inclusion(of: 0, in: 8), leaves)
    #expect(found.map { HexText.of($0.bytes) } == wanted)
  }

  @Test("does: the edge's root is that of the definition, at every size up to 64")
  func roots() {
    for size in 0...64 {
      #expect(edge(leaves.prefix(size)).root(chain) == root(leaves[..<size]))
      let kept = edge(leaves.prefix(size))
      #expect(TreeEdge(size: UInt64(size), subtrees: kept.subtrees) == kept)
      #expect(TreeEdge(size: UInt64(size), subtrees: kept.subtrees + [leaves[0]]) == nil)
    }
  }

  @Test("does: every leaf of every tree up to 64 is proved, and by nothing but its own proof")
  func inclusion() {
    for size in 1...64 {
      let tree = root(leaves[..<size])
      for index in 0..<size {
        let path = path(
          TreeProof.inclusion(of: UInt64(index), in: UInt64(size)), Array(leaves[..<size]))
        func proves(
          _ leaf: Digest, _ index: Int, _ size: Int, _ root: Digest, _ path: [Digest]
        ) -> Bool {
          TreeProof.proves(leaf, at: UInt64(index), in: UInt64(size), root: root, path: path)
        }
        #expect(proves(leaves[index], index, size, tree, path))
        #expect(!proves(leaves[(index + 1) % 64], index, size, tree, path))
        #expect(!proves(leaves[index], index, size, leaf([200]), path))
        #expect(!proves(leaves[index], index, size, tree, path + [tree]))
        #expect(!proves(leaves[index], size, size, tree, path))
        if index + 1 < size { #expect(!proves(leaves[index], index + 1, size, tree, path)) }
        for hash in path.indices {
          var bad = path
          bad[hash] = leaf([200])
          #expect(!proves(leaves[index], index, size, tree, bad))
          bad.remove(at: hash)
          #expect(!proves(leaves[index], index, size, tree, bad))
        }
      }
    }
  }

  @Test("does: every pair of sizes up to 64 is proved, and no other pair of roots")
  func consistency() {
    let roots = (0...64).map { root(leaves[..<$0]) }
    for new in 1...64 {
      for old in 1...new {
        let path = path(
          TreeProof.consistency(from: UInt64(old), to: UInt64(new)), Array(leaves[..<new]))
        func proves(_ oldRoot: Digest, _ newRoot: Digest, _ path: [Digest]) -> Bool {
          TreeProof.proves(
            old: UInt64(old), oldRoot, isPrefixOf: UInt64(new), newRoot, path: path)
        }
        #expect(proves(roots[old], roots[new], path))
        #expect(!proves(roots[old - 1], roots[new], path))
        #expect(!proves(roots[old], roots[new - 1], path))
        #expect(!proves(roots[old], roots[new], path + [roots[new]]))
        for hash in path.indices {
          var bad = path
          bad[hash] = leaf([200])
          #expect(!proves(roots[old], roots[new], bad))
          bad.remove(at: hash)
          #expect(!proves(roots[old], roots[new], bad))
        }
      }
    }
    #expect(
      !TreeProof.proves(old: 0, roots[0], isPrefixOf: 4, roots[4], path: []))
    #expect(!TreeProof.proves(old: 5, roots[5], isPrefixOf: 4, roots[4], path: []))
  }
}
