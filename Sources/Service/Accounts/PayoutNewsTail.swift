import Dispatch
import Engine
import Kernel
import Log
import Synchronization

/// Tells the news of payouts as the log has them, each at least once: behind the last one that was
/// told it goes on, also in the process after a crash.
///
/// Where it was last is a file of the data folder. One that isn't there is begun at the log's end:
/// nobody is told of years ago.
final class PayoutNewsTail: Sendable {
  private static let portion = 10_000

  private let news: PayoutNews
  private let path: String
  private let queue = DispatchQueue(label: "weir.news")
  private let place: Mutex<UInt64>

  init(_ news: PayoutNews, path: String) {
    self.news = news
    self.path = path
    let end = news.store.head.position
    let kept = (try? FileText.read(path).text).flatMap { UInt64($0) }
    // A log that was restored may be shorter.
    place = Mutex(min(kept ?? end, end))
    if kept == nil { keep(end) }
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
      var at = place.withLock { $0 }
      while at < news.store.head.position {
        var facts: [Recorded] = []
        let end = try news.store.replay(
          after: at, limit: Self.portion, wanting: FactForms(.channel)
        ) { facts.append($0) }
        for recorded in facts where PayoutNews.concerns([recorded]) {
          let told = DispatchSemaphore(value: 0)
          news.tell(recorded) { told.signal() }
          told.wait()
          keep(recorded.position)
        }
        at = end
        keep(end)
      }
    } catch {
      news.logger.error("news_failed", ["why": .text(error.description)])
    }
  }

  private func keep(_ position: UInt64) {
    place.withLock { $0 = position }
    do throws(FileText.Failure) {
      try FileText.replace(path, String(position))
    } catch {
      news.logger.error("news_failed", ["why": .text(error.words)])
    }
  }
}

extension Weir {
  static func news(
    _ configuration: Configuration, _ accounts: AccountDirectory, _ mailer: any Mailer,
    _ store: any EventStore, _ logger: Logger
  ) -> PayoutNewsTail {
    PayoutNewsTail(
      PayoutNews(configuration, accounts, mailer, store, logger),
      path: DataFolder(configuration.data).news)
  }
}
