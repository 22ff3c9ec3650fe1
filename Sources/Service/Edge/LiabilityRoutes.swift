import HTTP
public import JSON
public import Kernel

// GET /api/liabilities is what was published of all that is owed, and
// GET /api/channels/{id}/liabilities what a client needs to find himself in it
// (Sources/Kernel/Liabilities/liabilities.md). `?asof=` asks for an earlier publication.

extension Call {
  func showLiabilities() {
    parts.gate.inspect { state in
      let published = state.liabilities
      read {
        send(
          200,
          .object([
            "day": published.shownDay,
            "sums": .array(
              published.sums.map { sum in
                .object([
                  "total": .money(sum.total), "clients": .integer(sum.clients),
                  "root": .string(sum.root),
                ])
              }),
          ]))
      }
    }
  }

  func proveLiabilities() {
    guard let channel = knownChannel() else { return }
    parts.gate.inspect { state in
      let published = state.liabilities
      read {
        send(200, published.json(of: channel))
      }
    }
  }
}

extension Liabilities {
  /// Null where nothing was published yet.
  fileprivate var shownDay: JSONValue { day.isEmpty ? .null : .string(day) }

  /// What a client needs to find himself in the sums, as route and command line show it.
  public func json(of channel: ChannelKey) -> JSONValue {
    .object([
      "day": shownDay, "client": .string(channel.text),
      "proofs": .array(proofs(of: channel).map(\.json)),
    ])
  }
}

extension LiabilityProof {
  /// Sums are units of the asset, as they are hashed.
  fileprivate var json: JSONValue {
    .object([
      "amount": .money(amount), "units": .string(String(amount.units)),
      "salt": .string(HexText.of(salt)),
      "path": .array(
        path.map { step in
          .object([
            "side": .string(step.isLeft ? "left" : "right"),
            "units": .string(String(step.node.sum)), "hash": .string(HexText.of(step.node.hash)),
          ])
        }),
      "root": .string(HexText.of(root.hash)),
      "total": .money(Money(root.sum, amount.asset)), "total_units": .string(String(root.sum)),
    ])
  }
}
