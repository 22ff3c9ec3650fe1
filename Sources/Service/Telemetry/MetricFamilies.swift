/// Samples of one name.
protocol MetricFamily {
  func write(_ text: inout String)
}

/// A count that only rises, by label values.
struct Counter: MetricFamily {
  private let name: String
  private let help: String
  private let labels: [String]
  private var counts: [[String]: UInt64] = [:]

  init(_ name: String, _ help: String, _ labels: [String]) {
    self.name = name
    self.help = help
    self.labels = labels
    if labels.isEmpty { counts[[]] = 0 }
  }

  mutating func add(_ values: [String], _ count: UInt64 = 1) { counts[values, default: 0] += count }

  func write(_ text: inout String) {
    writeHead(name, help, "counter", &text)
    for (values, count) in counts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      writeSample(name, labels, values, String(count), &text)
    }
  }
}

/// How many observations were at most so large, by label values.
struct Histogram: MetricFamily {
  private struct Row {
    var counts: [UInt64]
    var count: UInt64 = 0
    var sum = 0.0
  }

  private let name: String
  private let help: String
  private let labels: [String]
  private let bounds: [(text: String, value: Double)]
  private var rows: [[String]: Row] = [:]

  /// Bounds as text, so that they are shown as they are written.
  init(_ name: String, _ help: String, _ labels: [String], bounds: [String]) {
    self.name = name
    self.help = help
    self.labels = labels
    self.bounds = bounds.map { ($0, Double($0) ?? .infinity) }
    if labels.isEmpty { rows[[]] = Row(counts: bounds.map { _ in 0 }) }
  }

  mutating func observe(_ values: [String], _ value: Double) {
    var row = rows[values] ?? Row(counts: bounds.map { _ in 0 })
    if let place = bounds.firstIndex(where: { value <= $0.value }) { row.counts[place] += 1 }
    row.count += 1
    row.sum += value
    rows[values] = row
  }

  func write(_ text: inout String) {
    writeHead(name, help, "histogram", &text)
    for (values, row) in rows.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      var total: UInt64 = 0
      for (bound, count) in zip(bounds, row.counts) {
        total += count
        writeSample(
          name + "_bucket", labels + ["le"], values + [bound.text], String(total), &text)
      }
      writeSample(name + "_bucket", labels + ["le"], values + ["+Inf"], String(row.count), &text)
      writeSample(name + "_sum", labels, values, String(row.sum), &text)
      writeSample(name + "_count", labels, values, String(row.count), &text)
    }
  }
}

func writeHead(_ name: String, _ help: String, _ kind: String, _ text: inout String) {
  text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
}

func writeSample(
  _ name: String, _ labels: [String], _ values: [String], _ value: String, _ text: inout String
) {
  text += name
  if !labels.isEmpty {
    let pairs = zip(labels, values).map { "\($0)=\"\(escaped($1))\"" }
    text += "{" + pairs.joined(separator: ",") + "}"
  }
  text += " " + value + "\n"
}

private func escaped(_ value: String) -> String {
  var text = ""
  for scalar in value.unicodeScalars {
    switch scalar {
    case "\\": text += "\\\\"
    case "\"": text += "\\\""
    case "\n": text += "\\n"
    default: text.unicodeScalars.append(scalar)
    }
  }
  return text
}
