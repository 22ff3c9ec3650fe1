import Gateways
import HTTP
import Kernel
import Sandbox

// The way between the service and its providers: what is lost, late, doubled or garbled on it.

typealias CallResult = Result<HTTPClientResponse, HTTPClientFailure>

/// The service's client in one of its lives.
struct Wire: HTTPCaller {
  private unowned let simulation: Simulation
  private let life: Int

  init(_ simulation: Simulation, life: Int) {
    self.simulation = simulation
    self.life = life
  }

  func send(_ request: HTTPClientRequest) async -> CallResult {
    guard simulation.life?.number == life else { return .failure(.notSent(.clientClosed)) }
    return await withCheckedContinuation { continuation in
      simulation.depart(request, CallOnTheWay(life: life, continuation: continuation))
    }
  }
}

/// A call without its answer.
struct CallOnTheWay {
  let life: Int
  let continuation: CheckedContinuation<CallResult, Never>
}

/// A request on its way to a provider.
struct Parcel {
  let call: Int
  let life: Int
  let api: StandIns.API
  var request: HTTPClientRequest
  /// When the caller stops waiting.
  let patience: Int64
  var fate = Fate.usual

  enum Fate {
    case usual
    /// Done, and the answer is lost.
    case unanswered
    /// Done, and a proxy's page comes in place of the answer.
    case garbled
    /// The answer comes after so long.
    case slow(Int64)
    /// A copy that nobody waits for.
    case copy
  }
}

extension Simulation {
  private var latency: Int64 { streams.network.among(15_000...250_000) }

  /// True so often as the plan says of a fault that befalls single calls.
  func befalls(_ fault: Fault, _ dice: inout Dice) -> Bool {
    guard let rate = plan.rates[fault] else { return false }
    // Drawn in any case, so that a world that heals goes on with the same numbers.
    return dice.happens(rate) && isTroubled
  }

  func depart(_ request: HTTPClientRequest, _ call: CallOnTheWay) {
    lastCall += 1
    let number = lastCall
    calls[number] = call
    guard let api = Self.api(of: request.url) else {
      return schedule(.answer(call: number, .failure(.notSent(.couldNotResolve))), in: 1)
    }
    if api == .ethereum { witness.broadcast(request.body, isAdopted: adopting != nil) }
    let patience = now + Int64(request.timeoutMilliseconds) * 1000
    if let until = away[api], until > now {
      let isRefused = streams.network.below(2) == 0
      let result: CallResult =
        isRefused
        ? .failure(.notSent(.couldNotConnect)) : .success(HTTPClientResponse(status: 503))
      return schedule(.answer(call: number, result), in: latency)
    }
    var parcel = Parcel(
      call: number, life: call.life, api: api, request: request, patience: patience)
    if lag > 0, Self.host(of: request.url) == ServiceSettings.secondNode {
      parcel.request.headers.set(StandIns.behind, String(lag))
    }
    if weakness == .settleAtHead { parcel.settleAtHead() }
    if befalls(.lostRequest, &streams.network) {
      return schedule(.answer(call: number, .failure(.unknown(.timedOut))), at: patience)
    }
    if befalls(.refusal, &streams.network) {
      return schedule(.answer(call: number, refusal()), in: latency)
    }
    if befalls(.lostAnswer, &streams.network) {
      parcel.fate = streams.network.below(3) == 0 ? .garbled : .unanswered
    }
    var delay = latency
    if befalls(.delay, &streams.network) {
      let late = streams.network.loguniform(1_000_000...3_600_000_000)
      if streams.network.below(2) == 0 { delay += late } else { parcel.fate = .slow(late) }
    }
    if befalls(.duplicate, &streams.network) {
      var copy = parcel
      copy.fate = .copy
      schedule(.arrival(copy), in: streams.network.loguniform(20_000...600_000_000))
    }
    schedule(.arrival(parcel), in: delay)
    // Whoever waits longer than he wanted to waits no more.
    if now + delay > patience {
      schedule(.answer(call: number, .failure(.unknown(.timedOut))), at: patience)
    }
  }

  private static func host(of url: String) -> String {
    String(url.dropFirst("http://".count).prefix { $0 != "/" })
  }

  /// The provider behind an address.
  private static func api(of url: String) -> StandIns.API? {
    let host = host(of: url)
    return host == ServiceSettings.secondNode ? .ethereum : StandIns.API(rawValue: host)
  }

  private func refusal() -> CallResult {
    let page: HTTPHeaders = ["Content-Type": "text/html"]
    let html = Array("<html><head><title>502 Bad Gateway</title></head></html>".utf8)
    switch streams.network.below(6) {
    case 0: return .success(HTTPClientResponse(status: 429))
    case 1: return .success(HTTPClientResponse(status: 429, headers: ["Retry-After": "90"]))
    case 2: return .success(HTTPClientResponse(status: 500, body: Array(#"{"code":"X"}"#.utf8)))
    case 3: return .success(HTTPClientResponse(status: 502, headers: page, body: html))
    case 4: return .success(HTTPClientResponse(status: 200, headers: page, body: html))
    default: return .failure(.notSent(.timedOut))
    }
  }

  /// The request is at its provider: there it is done, whatever becomes of the answer.
  func arrive(_ parcel: Parcel) {
    guard let request = HTTPRequest(parcel.request) else {
      return schedule(.answer(call: parcel.call, .failure(.notSent(.malformedRequest))), in: 1)
    }
    if parcel.api == .changeNOW { vexSwaps(request) }
    if isTroubled, now < swapsUnseenUntil, request.path.hasSuffix("by-id") {
      return schedule(
        .answer(call: parcel.call, .success(HTTPClientResponse(status: 503))), in: latency)
    }
    let given = Handed<HTTPResponse?>(nil)
    standIns.handle(parcel.api, request, HTTPResponder { given.value = $0 })
    lookForNoticesSoon()
    if let doom, doom.point == .afterCall, let life, life.number == parcel.life {
      _ = meets(.afterCall, life)
    }
    guard let response = given.value else {
      return schedule(
        .answer(call: parcel.call, .failure(.unknown(.timedOut))), at: parcel.patience)
    }
    var answer = HTTPClientResponse(
      status: response.status, headers: response.headers, body: response.body)
    if parcel.api == .changeNOW {
      swapsOver[parcel.call] = answer.swapOver
      if weakness == .payUnasked { answer = answer.unasked }
    }
    let lost: CallResult = .failure(.unknown(.timedOut))
    switch parcel.fate {
    case .usual: schedule(.answer(call: parcel.call, .success(answer)), in: latency)
    case .copy: mark("network: a request was done twice")
    case .unanswered:
      mark("network: done, and the answer lost")
      schedule(.answer(call: parcel.call, lost), at: parcel.patience)
    case .garbled:
      mark("network: done, and a page in place of the answer")
      schedule(.answer(call: parcel.call, .success(HTTPClientResponse(status: 502))), in: latency)
    case .slow(let late):
      let isInTime = now + late <= parcel.patience
      schedule(
        .answer(call: parcel.call, isInTime ? .success(answer) : lost),
        at: isInTime ? now + late : parcel.patience)
    }
  }

  func answer(_ number: Int, _ result: CallResult) {
    guard let call = calls[number] else { return }
    if pausedUntil > now { return schedule(.answer(call: number, result), at: pausedUntil) }
    calls[number] = nil
    if case .success = result, let swap = swapsOver[number] { witness.hear(over: swap) }
    swapsOver[number] = nil
    if case .success(let response) = result { note([UInt8(response.status & 0xff)]) }
    call.continuation.resume(returning: result)
  }
}

/// Something handed over within one call.
final class Handed<Value>: @unchecked Sendable {  // On the simulation's thread.
  var value: Value
  init(_ value: Value) { self.value = value }
}
