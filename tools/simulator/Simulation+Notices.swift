import HTTP
import Sandbox
import Service

// The payment provider's notices on their way to the service, through the route it really has.
extension Simulation {
  func lookForNoticesSoon() {
    guard
      let next = standIns.nextNotice(besides: noticesOnTheWay).map({ max(now, Int64($0) * 1000) }),
      next < noticesLookAt
    else { return }
    noticesLookAt = next
    schedule(.notices, at: next)
  }

  func lookForNotices() {
    guard noticesLookAt <= now else { return }
    noticesLookAt = .max
    for notice in standIns.dueNotices(besides: noticesOnTheWay) {
      noticesOnTheWay.insert(notice.notice)
      schedule(.delivery(notice), in: noticeDelay())
      if isStormy, streams.network.below(3) == 0 { schedule(.delivery(notice), in: noticeDelay()) }
    }
    lookForNoticesSoon()
  }

  private var isStormy: Bool { befalls(.noticeStorm, &streams.network) }

  /// Notices overtake each other where the network is so.
  private func noticeDelay() -> Int64 {
    if befalls(.delay, &streams.network) {
      return streams.network.loguniform(1_000_000...3_600_000_000)
    }
    return streams.network.among(20_000...400_000)
  }

  func deliver(_ notice: StandIns.NoticeTry) {
    let delay = streams.network.among(20_000...200_000)
    @Sendable func note(_ answer: String) {
      schedule(.noted(notice: notice.notice, answer: answer), in: delay)
    }
    guard let life, let edge = life.edge else { return note("couldNotConnect") }
    guard pausedUntil <= now else {
      // It waits in the socket; the provider has long given up, and sends it again.
      note("timedOut")
      return schedule(.delivery(notice), at: pausedUntil)
    }
    if befalls(.lostRequest, &streams.network) { return note("timedOut") }
    let isAnswerLost = befalls(.lostAnswer, &streams.network)
    guard let request = HTTPRequest(notice.request) else { return note("malformed") }
    let responder = HTTPResponder { [unowned self, number = life.number] response in
      guard self.life?.number == number, let response else { return note("connectionLost") }
      answered(response)
      note(isAnswerLost ? "timedOut" : String(response.status))
    }
    edge.handle(request, responder)
  }

  /// The service has answered: whatever it took on must be there for ever.
  private func answered(_ response: HTTPResponse) {
    mark("notice: answered \(response.status)")
    guard (200...299).contains(response.status),
      let position = response.headers.only("Weir-Position").flatMap({ UInt64($0) })
    else { return }
    acknowledged(position)
  }

  func note(_ notice: Int, _ answer: String) {
    standIns.note(notice, answer: answer)
    noticesOnTheWay.remove(notice)
    lookForNoticesSoon()
  }
}
