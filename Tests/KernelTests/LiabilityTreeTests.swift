import Testing

@testable import Kernel

@Suite struct LiabilityTreeTests {
  private typealias Node = LiabilityTree.Node

  private func leaves(_ count: Int) -> [Node] {
    (0..<count).map {
      .leaf("ch-\($0)", Int128($0 + 1), salt: [UInt8](repeating: UInt8($0), count: 32))
    }
  }

  private func tree(_ count: Int) throws -> LiabilityTree {
    try #require(LiabilityTree(leaves(count)))
  }

  @Test("does: every leaf of every small tree leads to the root and the whole sum")
  func proves() throws {
    for count in 1...33 {
      let tree = try tree(count)
      #expect(tree.count == count)
      #expect(tree.root.sum == Int128(count * (count + 1) / 2))
      for leaf in leaves(count) {
        let path = try #require(tree.path(of: leaf))
        #expect(LiabilityTree.proves(leaf, path, root: tree.root))
      }
    }
  }

  @Test("refuses: a path with anything in it changed, and any other root or amount")
  func changed() throws {
    for count in [2, 3, 5, 8, 13] {
      let tree = try tree(count)
      for leaf in leaves(count) {
        let path = try #require(tree.path(of: leaf))
        func fails(_ leaf: Node, _ path: [LiabilityTree.Step], _ root: Node) -> Bool {
          !LiabilityTree.proves(leaf, path, root: root)
        }
        #expect(fails(Node(hash: leaf.hash, sum: leaf.sum + 1), path, tree.root))
        #expect(fails(Node(hash: leaf.hash, sum: leaf.sum - 1), path, tree.root))
        #expect(fails(leaf, path, Node(hash: tree.root.hash, sum: tree.root.sum - 1)))
        #expect(fails(leaf, path, try self.tree(count + 1).root))
        #expect(fails(leaf, Array(path.dropLast()), tree.root))
        #expect(fails(leaf, path + path.suffix(1), tree.root))
        for place in path.indices {
          let step = path[place]
          var other = path
          other[place] = LiabilityTree.Step(isLeft: !step.isLeft, step.node)
          #expect(fails(leaf, other, tree.root))
          // What one of a pair loses the other may not gain: both sums are hashed.
          let less = Node(hash: step.node.hash, sum: step.node.sum - 1)
          other[place] = LiabilityTree.Step(isLeft: step.isLeft, less)
          #expect(fails(Node(hash: leaf.hash, sum: leaf.sum + 1), other, tree.root))
        }
      }
    }
  }

  @Test("refuses: a negative amount wherever it stands, two of one leaf, and sums beyond a sum")
  func impossible() throws {
    let two = leaves(2)
    let debtor = Node.leaf("ch-9", -1, salt: [UInt8](repeating: 9, count: 32))
    let most = Node.leaf("ch-8", .max, salt: [UInt8](repeating: 8, count: 32))
    #expect(LiabilityTree([]) == nil)
    #expect(LiabilityTree(two + [debtor]) == nil)
    #expect(LiabilityTree(two + two) == nil)
    #expect(LiabilityTree(two + [most]) == nil)
    #expect(LiabilityTree([most])?.root.sum == .max)
    let hidden = LiabilityTree.Step(isLeft: false, debtor)
    #expect(!LiabilityTree.proves(two[0], [hidden], root: two[0]))
    let endless = [LiabilityTree.Step](repeating: hidden, count: 65)
    #expect(!LiabilityTree.proves(two[0], endless, root: two[0]))
  }

  @Test("does: a place tells nothing of who stands there, and nobody else's leaf has a path")
  func places() throws {
    let tree = try tree(7)
    let shuffled = try #require(LiabilityTree(leaves(7).reversed()))
    #expect(tree.root == shuffled.root)
    #expect(tree.path(of: leaves(8)[7]) == nil)
  }
}
