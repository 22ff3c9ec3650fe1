import Engine
import Gateways
import Kernel

// What is said unasked, and asking after payments whose notices don't come.
extension Performer {
  func deliverNotice(
    _ notice: ChatEvent.NoticeRequested
  ) async throws(GatewayFailure) -> JobOutcome {
    guard let telegram else { return Self.noBot }
    let message = ChatMessage(notice)
    do throws(GatewayFailure) {
      let sent = try await telegram.send(
        message.html, to: notice.chat.value, buttons: message.buttons)
      return .report([.chat(.noteNotice(notice.notice, message: sent))])
    } catch .permanent(let why, let code) {
      // Nothing hangs on it: who can't be told isn't told.
      return .report([.chat(.failNotice(notice.notice, reason: "\(code.rawValue): \(why)"))])
    }
  }

  func post(_ e: ChatEvent.PostRequested) async throws(GatewayFailure) -> JobOutcome {
    guard let telegram else { return Self.noBot }
    do throws(GatewayFailure) {
      if let old = e.old { try await telegram.delete(old, in: e.chat) }
      var links: [String] = []
      for number in e.screen.tiers.indices {
        links.append(try await link(DeepLink(e.open, .tier(number + 1)), telegram))
      }
      let message = ChatMessage(post: e, links: links)
      let sent = try await telegram.send(message.html, to: e.chat, buttons: message.buttons)
      return .report([
        .chat(.notePosted(e.open, e.place, number: e.number, message: sent))
      ])
    } catch .permanent(let why, let code) {
      return .report([
        .chat(
          .failPost(e.open, e.place, number: e.number, reason: "\(code.rawValue): \(why)"))
      ])
    }
  }

  /// The provider's word counts as a notice does; without one it is asked for again.
  func poll(_ payment: PaymentID) async throws(GatewayFailure) -> JobOutcome {
    // Its notice has just come: the next one has its time.
    guard !polls.isFirst(payment) else { return .again([], afterSeconds: polls.next(payment)) }
    let report: PaymentReport
    do throws(GatewayFailure) {
      report = try await nowPayments.payment(payment)
    } catch .permanent(_, code: .notFound) {
      return .again([], afterSeconds: 86_400)
    }
    return .again(
      [.payment(.note(report, settings.policy))], afterSeconds: polls.next(payment))
  }
}
