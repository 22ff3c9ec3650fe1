import Glibc

// Fuzz targets for whatever reads bytes that nobody vouches for.
//
//   FuzzTarget      a name, what must hold for any bytes, and inputs to begin with
//   SegmentTargets  a log's files: any bytes as a segment, edits of a valid log, one record
//   NoteTarget      keys, checkpoints, the tree's edge and the witness
//   TextTargets     facts, JSON (beside Foundation's), amounts, instants and names
//   Layout          where things lie in a segment, told a second time, to mend checksums
//   BaseLog         the small valid log that edits begin with, on a MemoryDisk
//
// `tools/fuzz/run` builds this with libFuzzer and the address sanitizer. Built plainly it replays
// files, and Tests/FuzzTests replays the corpus with every test run.
//
//   fuzz --list                      the targets
//   fuzz --seeds TARGET FOLDER       writes a target's inputs to begin with
//   fuzz TARGET FILE…                replays files, or takes libFuzzer's own arguments

@main enum Fuzz {
  static func main() { exit(FuzzTool.run(CommandLine.arguments)) }
}

enum FuzzTool {
  private static let variable = "WEIR_FUZZ_TARGET"

  static func run(_ words: [String]) -> Int32 {
    // A merge begins the program again, and libFuzzer's words don't name the target.
    if let name = getenv(variable), let target = FuzzTarget.named(String(cString: name)) {
      return start(target, words.dropFirst())
    }
    switch words.dropFirst().first {
    case nil, "--list":
      for target in FuzzTarget.all { print(target.name) }
      return 0
    case "--seeds":
      guard words.count == 4, let target = FuzzTarget.named(words[2]) else { return usage() }
      return write(target.seeds(), to: words[3])
    case .some(let name):
      guard let target = FuzzTarget.named(name) else { return usage() }
      return start(target, words.dropFirst(2))
    }
  }

  private static func usage() -> Int32 {
    say("usage: fuzz --list | --seeds TARGET FOLDER | TARGET FILE…")
    return 64
  }

  private static func write(_ inputs: [[UInt8]], to folder: String) -> Int32 {
    for (number, input) in inputs.enumerated() {
      guard let file = fopen("\(folder)/seed-\(number)", "w") else { return 74 }
      defer { fclose(file) }
      guard fwrite(input, 1, input.count, file) == input.count else { return 74 }
    }
    return 0
  }

  /// The bytes of a file; nil where it can't be read.
  static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&part, 1, part.count, file), count > 0 {
      bytes += part[..<count]
    }
    return bytes
  }

  #if FUZZING
    private static func start(_ target: FuzzTarget, _ words: ArraySlice<String>) -> Int32 {
      chosen = target
      setenv(variable, target.name, 1)
      // libFuzzer reads the words behind the program's name; the target's goes.
      let program = CommandLine.arguments[0]
      var words = ([program] + words).map { strdup($0) } + [nil]
      var count = Int32(words.count - 1)
      return words.withUnsafeMutableBufferPointer { buffer in
        var start = buffer.baseAddress
        return runDriver(&count, &start, runOnce)
      }
    }
  #else
    private static func start(_ target: FuzzTarget, _ words: ArraySlice<String>) -> Int32 {
      for path in words {
        guard let bytes = read(path) else {
          say("fuzz: \(path) can't be read")
          return 66
        }
        target.run(bytes)
      }
      return 0
    }
  #endif
}

#if FUZZING
  // Set once, before libFuzzer's one thread starts.
  nonisolated(unsafe) private var chosen: FuzzTarget?

  // libFuzzer's own main, which never runs here, wants it by this name.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func runOnce(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    chosen?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
  }

  @_silgen_name("LLVMFuzzerRunDriver")
  private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
  ) -> Int32
#endif
