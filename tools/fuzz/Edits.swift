/// A list of edits of files, as a fuzzer writes one: never refused, whatever the bytes are.
struct Edits {
  static let kinds = 12

  private(set) var bytes: ArraySlice<UInt8>
  var files: [String: [UInt8]]
  private let names: [String]

  init(_ bytes: ArraySlice<UInt8>, of files: [String: [UInt8]], named names: [String]) {
    self.bytes = bytes
    self.files = files
    self.names = names
  }

  mutating func run() {
    var count = 0
    while !bytes.isEmpty, count < 40 {
      edit()
      count += 1
    }
  }

  private mutating func byte() -> Int { Int(bytes.popFirst() ?? 0) }

  private mutating func short() -> Int { byte() | byte() << 8 }

  private mutating func name() -> String { names[byte() % names.count] }

  private mutating func edit() {
    let kind = byte() % Self.kinds
    let name = name()
    switch kind {
    case 0: files[name] = nil
    case 1: files[self.name()] = files[name]
    case 2: rename(name, to: ["active", "raw", "sealed"][byte() % 3])
    default:
      guard var file = files[name], !file.isEmpty else { return }
      change(&file, kind)
      files[name] = file
    }
  }

  /// The same segment, active or closed, or beginning somewhere else.
  private mutating func rename(_ name: String, to kind: String) {
    let first = byte() % 12
    let parts = name.split(separator: "/")
    let digits = first < 10 ? "0\(first)" : "\(first)"
    let number = first == 0 ? String(parts[2].prefix(20)) : "000000000000000000" + digits
    let folder = parts.dropLast().joined(separator: "/")
    files["/\(folder)/\(number).\(kind)"] = files.removeValue(forKey: name)
  }

  private mutating func change(_ file: inout [UInt8], _ kind: Int) {
    let at = short() % file.count
    switch kind {
    case 3: file[at] ^= UInt8(1 << (byte() % 8))
    case 4: file[at] = UInt8(byte())
    case 5: file.removeSubrange(at...)
    case 6: file += [UInt8](repeating: UInt8(byte()), count: short() % 8192)
    case 7:
      for index in at..<min(file.count, at + short()) { file[index] = 0 }
    case 8:
      // A misdirected write, or a stale read.
      let from = short() % file.count
      let part = file[from..<min(file.count, from + short())]
      for (index, byte) in part.enumerated() where at + index < file.count {
        file[at + index] = byte
      }
    case 9: file.removeSubrange(at..<min(file.count, at + byte()))
    case 10: file.insert(contentsOf: (0..<byte() % 16).map { _ in UInt8(byte()) }, at: at)
    default:
      for index in at..<min(file.count, at + byte() % 32) { file[index] = UInt8(byte()) }
    }
  }
}
