public import JSON

/// What a bench found.
public struct BenchReport: Sendable {
  let bench: Benchmark
  /// The figure the bench is known by, first; the others beside it.
  var measures: [Measure]
  var details: [JSONMember] = []

  /// One object: the main figure's members, its `parts`, and what belongs to all of them.
  public var json: JSONValue {
    guard let main = measures.first else { return .null }
    var members = [JSONMember("bench", .string(bench.rawValue))] + main.members
    members.append(JSONMember("parts", .array(measures.dropFirst().map { .object($0.members) })))
    return .object(members + details)
  }

  /// A line a figure, for people.
  public var text: String {
    let width = measures.map(\.name.count).max() ?? 0
    return measures.map { measure in
      let gap = String(repeating: " ", count: width - measure.name.count)
      return
        "\(bench.rawValue)  \(measure.name)\(gap)  \(Self.brief(measure.figure)) \(measure.unit)"
        + "  of \(Self.brief(measure.limit)) (\(measure.limitName)):"
        + " \(Self.brief(measure.ratio * 100))%"
    }.joined(separator: "\n")
  }

  private static func brief(_ value: Double) -> String {
    value >= 100 ? grouped(Int(value.rounded())) : Measure.text((value * 10).rounded() / 10)
  }

  private static func grouped(_ value: Int) -> String {
    value < 1000
      ? String(value)
      : grouped(value / 1000) + "," + String(String(1000 + value % 1000).dropFirst())
  }
}

/// A figure beside its limit, in the same unit.
struct Measure: Sendable {
  var name: String
  var figure: Double
  var unit: String
  var limit: Double
  var limitName: String
  /// True where less is better.
  var isTime = false
  var events: Int
  /// Of the figure's run.
  var seconds: Double
  var details: [JSONMember] = []

  /// The part of the limit that is reached; 1 is the limit.
  var ratio: Double {
    let (part, whole) = isTime ? (limit, figure) : (figure, limit)
    return whole > 0 ? part / whole : 0
  }

  var members: [JSONMember] {
    [
      JSONMember("name", .string(name)),
      JSONMember("figure", Self.number(figure)), JSONMember("unit", .string(unit)),
      JSONMember("limit", Self.number(limit)), JSONMember("limitName", .string(limitName)),
      JSONMember("ratio", Self.number(ratio)), JSONMember("events", .integer(events)),
      JSONMember("seconds", Self.number(seconds)),
    ] + details
  }

  static func number(_ value: Double) -> JSONValue { .number(text(value)) }

  /// Plain decimals, up to four of them.
  static func text(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e14 else { return "0" }
    let scaled = Int((value * 10_000).rounded())
    let sign = scaled < 0 ? "-" : ""
    var digits = String(String(10_000 + scaled.magnitude % 10_000).dropFirst())
    while digits.hasSuffix("0") { digits.removeLast() }
    return sign + String(scaled.magnitude / 10_000) + (digits.isEmpty ? "" : "." + digits)
  }
}

extension JSONMember {
  init(_ name: String, seconds: Double) { self.init(name, Measure.number(seconds)) }
}
