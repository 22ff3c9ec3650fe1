import Dispatch
import Engine
import Kernel
import Log
import PostgresLog
import Synchronization

/// Tells the news of payouts as the log has them, each at least once: behind the last one that was
/// told it goes on, also in the process after a crash.
///
/// Where there is no place yet it begins at the log's end: nobody is told of years ago.
final class PayoutNewsTail: Sendable {
  private static let portion = 10_000

  private let news: PayoutNews
  private let kept: any NewsPlace
  /// The log's end when this process began.
  private let end: UInt64
  private let queue = DispatchQueue(label: "weir.news")
  /// Nil until it is known where the one before was.
  private let place = Mutex<UInt64?>(nil)

  init(_ news: PayoutNews, place: any NewsPlace) {
    self.news = news
    kept = place
    end = news.store.head.position
  }

  /// Takes up what nobody was told of; returns at once.
  ///
  /// Accounts must be there: without its owner's address there is no mail.
  func begin() {
    queue.async { [self] in goOn() }
  }

  /// The same, where there may be news in what is durable now.
  func follow(_ committed: [Recorded]) {
    if PayoutNews.concerns(committed) { begin() }
  }

  private func goOn() {
    do throws(StoreError) {
      var at = try known()
      while at < news.store.head.position {
        var facts: [Recorded] = []
        let end = try news.store.replay(
          after: at, limit: Self.portion, wanting: FactForms(.channel)
        ) { facts.append($0) }
        for recorded in facts where PayoutNews.concerns([recorded]) {
          let told = DispatchSemaphore(value: 0)
          news.tell(recorded) { told.signal() }
          told.wait()
          try keep(recorded.position)
        }
        at = end
        try keep(end)
      }
    } catch {
      news.logger.error("news_failed", ["why": .text(error.description)])
    }
  }

  /// The place as far as this process knows, or where the one before was.
  private func known() throws(StoreError) -> UInt64 {
    if let place = place.withLock({ $0 }) { return place }
    if let found = try kept.read() {
      // A log that was restored may be shorter.
      let place = min(found, news.store.head.position)
      self.place.withLock { $0 = place }
      return place
    }
    try keep(end)
    return end
  }

  private func keep(_ position: UInt64) throws(StoreError) {
    place.withLock { $0 = position }
    do throws(StoreError) {
      try kept.keep(position)
    } catch {
      // Another node goes on; anything else costs a mail that comes twice.
      if case .failed = error { throw error }
      news.logger.error("news_failed", ["why": .text(error.description)])
    }
  }
}

/// Where the news was last: whoever goes on in another process, or on another node, reads it there.
protocol NewsPlace: Sendable {
  /// Nil where there is none yet.
  func read() throws(StoreError) -> UInt64?
  /// Throws `failed` where somebody else goes on from now on.
  func keep(_ position: UInt64) throws(StoreError)
}

/// A file of the data folder.
struct NewsFile: NewsPlace {
  let path: String

  func read() -> UInt64? { (try? FileText.read(path).text).flatMap { UInt64($0) } }

  func keep(_ position: UInt64) throws(StoreError) {
    do throws(FileText.Failure) {
      try FileText.replace(path, String(position))
    } catch { throw .unusable(error.words) }
  }
}

/// A row beside a log that nodes serve by turns; until it is there, the node's own file says where
/// it was before there were such rows.
struct NewsRow: NewsPlace {
  let place: PostgresPlace
  let file: NewsFile

  func read() throws(StoreError) -> UInt64? { try place.read() ?? file.read() }
  func keep(_ position: UInt64) throws(StoreError) { try place.keep(position) }
}

extension Weir {
  static func news(
    _ configuration: Configuration, _ accounts: AccountDirectory, _ mailer: any Mailer,
    _ held: HeldLog, _ logger: Logger
  ) -> PayoutNewsTail {
    let file = NewsFile(path: DataFolder(configuration.data).news)
    let row = held.shared.map { NewsRow(place: PostgresPlace("news", of: $0.store), file: file) }
    return PayoutNewsTail(
      PayoutNews(configuration, accounts, mailer, held.store, logger), place: row ?? file)
  }
}
