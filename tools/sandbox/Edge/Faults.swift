import JSON
import Synchronization

/// Faults of the wire and of the servers, counted down; they are not part of the world, and end
/// with the process.
final class Faults: Sendable {
  enum Mode: String {
    /// What was asked happens, and the connection is closed instead of answered.
    case dropAnswer = "drop_answer"
    /// 500, and nothing happens.
    case serverError = "server_error"
    /// 429, and nothing happens.
    case tooMany = "too_many"
    /// 502 with a proxy's HTML page, and nothing happens.
    case badGateway = "bad_gateway"
  }

  private struct Fault {
    let api: String
    /// A JSON-RPC method or a path; nil for any.
    let call: String?
    let mode: Mode
    var times: Int
  }

  private let faults = Mutex<[Fault]>([])

  func add(api: String, call: String?, mode: Mode, times: Int) {
    faults.withLock { $0.append(Fault(api: api, call: call, mode: mode, times: times)) }
  }

  /// `{api, call?, mode, times?}`; false where it can't be read.
  func add(_ body: JSONValue) -> Bool {
    guard let api = body["api"]?.text, let mode = body["mode"]?.text.flatMap(Mode.init),
      ["nowpayments", "changenow", "ethereum", "telegram"].contains(api)
    else { return false }
    add(api: api, call: body["call"]?.text, mode: mode, times: body["times"]?.integer ?? 1)
    return true
  }

  /// The fault that meets this call, used up once.
  func take(api: String, call: String) -> Mode? {
    faults.withLock { faults in
      guard
        let place = faults.firstIndex(where: {
          $0.api == api && $0.times > 0 && ($0.call == nil || $0.call == call)
        })
      else { return nil }
      faults[place].times -= 1
      return faults[place].mode
    }
  }
}
