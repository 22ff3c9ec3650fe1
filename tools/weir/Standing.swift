import Service

/// A node of `weir serve --standby`, until it may serve.
struct Standing {
  private let configuration: Configuration
  private let standby: Standby
  private let signals: StopSignals
  private let logger: Logger
  private let tables: TableKeeper?

  init(
    _ configuration: Configuration, _ signals: StopSignals, _ logger: Logger,
    _ tables: TableKeeper?
  ) throws(Failure) {
    self.tables = tables
    do throws(WeirFailure) {
      guard let standby = try Standby(configuration) else {
        throw WeirFailure.configuration("--standby needs a log in a database: --store postgres://…")
      }
      self.standby = standby
    } catch { throw Failure(error) }
    self.configuration = configuration
    self.signals = signals
    self.logger = logger
  }

  /// Waits until no other node serves, and lets the log be read meanwhile; false where this one is
  /// told to stop before that.
  func wait() throws(Failure) -> Bool {
    var told: String?
    var reads: StandbyReads?
    var trouble: String?
    defer { reads?.stop() }
    while let holder = look() {
      if told != holder { logger.info("standing_by", ["behind": .text(holder)]) }
      told = holder
      if reads == nil {
        do throws(WeirFailure) {
          reads = try StandbyReads.start(configuration, logger, tables: tables)
        } catch {
          let why = "\(error)"
          if trouble != why { logger.warning("reading_failed", ["why": .text(why)]) }
          trouble = why
        }
      }
      // A lane whose holder is gone says nothing.
      for _ in 0..<4 {
        if signals.haveCome() {
          logger.info("stopping", [:])
          return false
        }
        if standby.wait(milliseconds: 250) { break }
      }
    }
    return true
  }

  /// Who serves; a server that can't be asked is somebody too.
  private func look() -> String? {
    do throws(WeirFailure) { return try standby.holder() } catch { return "\(error)" }
  }
}
