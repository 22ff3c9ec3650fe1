import Kernel
import Synchronization

/// Where histories were left off, so that the next page of one needn't be counted up from its
/// beginning.
///
/// What lies behind a position never changes, so that no mark is ever wrong; the oldest go first.
final class TimelineMarks: Sendable {
  private struct Kept {
    /// By channel, in the order of their positions.
    var marks: [ChannelKey: [ClientHistory.Mark]] = [:]
    /// In the order in which they came.
    var order: [(channel: ChannelKey, position: UInt64)] = []
    /// Of them, those that are gone.
    var gone = 0

    /// Where a position stands among a channel's marks, or would.
    func place(_ position: UInt64, of channel: ChannelKey) -> Int {
      let all = marks[channel] ?? []
      var (low, high) = (0, all.count)
      while low < high {
        let middle = (low + high) / 2
        if all[middle].position < position { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  private let kept = Mutex(Kept())
  private let most: Int

  /// Facts between two marks of a history that is walked for what lies far behind.
  static let spacing = 64

  /// - Parameter most: Marks there are at a time, some 100 bytes each.
  init(most: Int = 200_000) { self.most = most }

  /// The furthest mark that isn't behind a position.
  func nearest(_ channel: ChannelKey, upTo position: UInt64) -> ClientHistory.Mark? {
    kept.withLock { kept in
      let place = kept.place(position + 1, of: channel)
      return place > 0 ? kept.marks[channel]?[place - 1] : nil
    }
  }

  func keep(_ mark: ClientHistory.Mark, of channel: ChannelKey) {
    kept.withLock { kept in
      let place = kept.place(mark.position, of: channel)
      let known = kept.marks[channel] ?? []
      if place < known.count, known[place].position == mark.position { return }
      kept.marks[channel, default: []].insert(mark, at: place)
      kept.order.append((channel, mark.position))
      guard kept.order.count - kept.gone > most else { return }
      let oldest = kept.order[kept.gone]
      kept.gone += 1
      let index = kept.place(oldest.position, of: oldest.channel)
      kept.marks[oldest.channel]?.remove(at: index)
      if kept.marks[oldest.channel]?.isEmpty ?? false { kept.marks[oldest.channel] = nil }
      guard kept.gone > most else { return }
      kept.order.removeFirst(kept.gone)
      kept.gone = 0
    }
  }
}
