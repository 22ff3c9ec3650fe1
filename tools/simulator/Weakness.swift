import HTTP
import Kernel
import Log

/// A rule left out on purpose, to see that the simulator notices.
package enum Weakness: String, CaseIterable, Sendable {
  /// Calls leave before what they rest on is durable.
  case callBeforeSync = "call-before-sync"
  /// A transfer is settled by the newest block, not by the last final one.
  case settleAtHead = "settle-at-head"
  /// Nobody looks whether a command was taken before.
  case forgetCommands = "forget-commands"
  /// A nonce is a transfer's only as long as the process lives: a start knows nothing of those that
  /// aren't consumed.
  case forgetNonces = "forget-nonces"
  /// What a batch was made of is not remembered: a start takes its members for free ones.
  case forgetMembers = "forget-members"
  /// Whatever the swap provider says of a swap before it is funded, it is taken to wait.
  case payUnasked = "pay-unasked"
  /// Nobody looks whether a conversion's coin is there.
  case trustDeposits = "trust-deposits"
  /// Appends are taken whatever has become of their streams meanwhile.
  case anyVersion = "any-version"
  /// A start looks neither at what was signed of the log nor at what left the house.
  case startUnchecked = "start-unchecked"
  /// What a disk has lied about is not looked for.
  case trustDisk = "trust-disk"
  /// A log that adopted what it forgot goes on under the checkpoints of the one that was lost.
  case sameEpoch = "same-epoch"
  /// A fact is taken into the tables as another one.
  case otherRows = "other-rows"
}

extension Parcel {
  /// Asks for the newest block where the service asks for the last final one.
  mutating func settleAtHead() {
    let body = String(decoding: request.body, as: UTF8.self)
    request.body = Array(body.replacing("\"finalized\"", with: "\"latest\"").utf8)
  }
}

extension [UInt8] {
  /// Whether a text stands in them: every answer is looked at, and texts are slow to search.
  func holds(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { text in
      guard let first = text.first else { return true }
      return withUnsafeBytes { bytes in
        var rest = bytes[...]
        while rest.count >= text.count, let place = rest.firstIndex(of: first) {
          rest = rest[place...]
          if rest.starts(with: text) { return true }
          rest = rest.dropFirst()
        }
        return false
      }
    }
  }
}

extension HTTPClientResponse {
  private static let over = #""status":"expired""#

  /// The swap that this says nobody waits for any more.
  var swapOver: String? {
    guard body.holds(Self.over) else { return nil }
    let text = String(decoding: body, as: UTF8.self)
    guard let id = text.firstRange(of: #""id":""#) else { return nil }
    return String(text[id.upperBound...].prefix { $0 != "\"" })
  }

  /// The same where it still waits, for ever.
  var unasked: HTTPClientResponse {
    let text = String(decoding: body, as: UTF8.self)
      .replacing(Self.over, with: #""status":"waiting""#)
      .replacing(#""validUntil":"#, with: #""validAlways":"#)
    return HTTPClientResponse(status: status, headers: headers, body: Array(text.utf8))
  }
}

extension Proposal {
  /// The same whatever its streams' versions are.
  var atAnyVersion: Proposal {
    Proposal(
      command: command, digest: digest, actor: actor, causedBy: causedBy, at: at, events: events)
  }
}
