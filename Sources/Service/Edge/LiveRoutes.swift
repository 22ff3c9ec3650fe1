import Engine
import Gateways
import HTTP
import JSON
import Kernel
import Log

// What goes on now: GET /api/events/stream follows the log, /api/admin/lanes shows the queues of
// outside calls, /api/admin/notices what the provider sent; POST …/notices/replay tells what a
// notice would do now. Rebuilds of tables are in RebuildRoutes.swift.

extension EdgeRoute {
  static let live: [EdgeRoute] = [
    EdgeRoute("GET", "/api/events/stream", .account, .never("it tells what comes")) {
      $0.followLog()
    },
    EdgeRoute("GET", "/api/admin/events/stream", .audits, .never("it tells what comes")) {
      $0.followLog()
    },
    EdgeRoute("GET", "/api/admin/lanes", .audits, .never("it tells of the process that answers")) {
      $0.listLanes()
    },
    EdgeRoute(
      "GET", "/api/admin/notices", .audits, .never("it is the book of the newest notices"),
      query: ["before", "limit"]
    ) { $0.listNotices() },
    EdgeRoute(
      "GET", "/api/admin/notices/{notice}", .audits, .never("it is the book of the newest notices")
    ) { $0.showNotice() },
    EdgeRoute("POST", "/api/admin/notices/replay", .audits, .itself) { $0.replayNotice() },
    EdgeRoute("GET", "/api/admin/rebuild", .audits, .never("it tells of the process that answers"))
    { $0.showRebuild() },
    EdgeRoute("POST", "/api/admin/projections/{table}/compare", .operates) {
      $0.beginRebuild(.compare)
    },
    EdgeRoute("POST", "/api/admin/projections/{table}/rebuild", .operates) {
      $0.beginRebuild(.rebuild)
    },
    EdgeRoute("POST", "/api/admin/projections/{table}/restore", .operates) {
      $0.beginRebuild(.restore)
    },
  ]
}

extension Call {
  /// Tells how far the tables are, as server-sent events, until the other end leaves or a while is
  /// over.
  ///
  /// It says nothing but positions, which `/health` tells anybody.
  func followLog() {
    guard let following = parts.following else { return refuse(.notFound) }
    var seen: UInt64?
    if request.headers.contains("Last-Event-ID") {
      seen = request.headers.only("Last-Event-ID").flatMap { UInt64($0.trimmed) }
      guard seen != nil else { return refuse(.queryInvalid, "Last-Event-ID must be a position") }
    }
    let who = caller?.account.id.text ?? "key"
    guard let stream = following.follow(as: who, seen: seen) else {
      return refuse(.busy, "too many follow already")
    }
    send(
      .stream(stream, headers: ["Content-Type": "text/event-stream", "X-Accel-Buffering": "no"]))
  }

  /// A lane is listed from its first call on.
  func listLanes() {
    let now = parts.clock()
    let head = parts.store.head.position
    let lanes = parts.metrics.lanes.map { lane in
      JSONValue.object([
        "lane": .string(lane.name), "waiting": .integer(lane.waiting),
        "running": .integer(lane.running), "failures": .integer(lane.failures),
        "shut_until": lane.shutUntil.flatMap { $0 > now ? .string($0.text) : nil } ?? .null,
        "next_at": lane.nextAt.map { .string($0.text) } ?? .null,
        "calls_per_second": .integer(lane.callsPerSecond), "at_once": .integer(lane.atOnce),
        "retry_seconds": .integer(lane.retrySeconds),
      ])
    }
    send(
      200, .object(["lanes": .array(lanes), "position": .position(head)]), position: head)
  }

  func listNotices() {
    guard let limit = number("limit", 1...200, standard: 50),
      let before = number("before", 1...Int.max, standard: Int.max)
    else { return }
    let head = parts.store.head.position
    let found = parts.notices.entries(before: before, limit: limit)
    send(
      200,
      .object([
        "notices": .array(found.map { .object($0.members) }),
        "next": found.count == limit ? found.last.map { .integer($0.number) } ?? .null : .null,
        "position": .position(head),
      ]), position: head)
  }

  func showNotice() {
    guard let number = Int(parameters["notice"]), let entry = parts.notices.entry(number) else {
      return refuse(.notFound, "no such notice, or not any more")
    }
    send(
      200,
      .object(
        entry.members + [
          JSONMember("signature", entry.signature.map(JSONValue.string) ?? .null),
          JSONMember("body", .string(String(decoding: entry.body, as: UTF8.self))),
          JSONMember("is_cut", .bool(entry.body.count < entry.bytes)),
        ]))
  }

  /// What a notice's bytes would do now, whoever signed them; nothing is written.
  func replayNotice() {
    guard let body = object() else { return }
    var fields = FieldReader(body)
    let raw = fields.text("raw", most: NOWPaymentsNotice.bytesMost)
    if let problem = fields.problem() { return refuse(problem) }
    guard let raw else { return }
    let report: PaymentReport
    do throws(NoticeError) {
      report = try NOWPaymentsNotice.report(Array(raw.utf8), source: .notice)
    } catch { return refuse(.noticeMalformed, error.words) }
    let command = LedgerCommand.payment(.note(report, parts.configuration.policy))
    parts.gate.inspect { state in sendDry(state.decide(command, at: parts.clock())) }
  }
}

extension NoticeBook.Entry {
  fileprivate var members: [JSONMember] {
    [
      JSONMember("notice", .integer(number)), JSONMember("at", .string(at.text)),
      JSONMember("from", .string(from)), JSONMember("signed", .string(verdict.rawValue)),
      JSONMember("outcome", .string(outcome.rawValue)),
      JSONMember("reason", reason.map(JSONValue.string) ?? .null),
      JSONMember("led_to", position.map { .position($0) } ?? .null),
      JSONMember("bytes", .integer(bytes)),
    ]
  }
}
