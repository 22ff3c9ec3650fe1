/// Checkpoints one under another: what a witness holds.
///
/// A note ends with its signature lines, and the next begins behind them.
struct WitnessFile {
  /// Each note's bytes, in order.
  private(set) var notes: [[UInt8]] = []
  /// What stands behind the last whole note: nothing, unless an append was cut short.
  private(set) var rest: [UInt8] = []

  init(_ bytes: [UInt8]) {
    var start = 0
    var line = 0
    var isBehindText = false
    while line < bytes.count {
      guard let end = bytes[line...].firstIndex(of: 10) else { break }
      let isSignature = bytes[line..<end].starts(with: Self.dash)
      if isBehindText, !isSignature {
        notes.append(Array(bytes[start..<line]))
        (start, isBehindText) = (line, false)
      }
      if isSignature { isBehindText = true }
      line = end + 1
    }
    let tail = bytes[line...]
    if isBehindText, tail.isEmpty || !Self.dash.starts(with: tail.prefix(4)) {
      notes.append(Array(bytes[start..<line]))
      start = line
    }
    rest = Array(bytes[start...])
  }

  private static let dash: [UInt8] = Array("— ".utf8)

  /// What is left of a larger file's end when it was cut somewhere: from the first whole note on.
  static func tail(_ bytes: [UInt8]) -> WitnessFile {
    let cut = WitnessFile(bytes)
    guard let first = cut.notes.first else { return WitnessFile([]) }
    return WitnessFile(Array(bytes[first.count...]))
  }
}
