import Foundation
import Glibc
import Synchronization

/// Another program, run by `posix_spawn`; it is killed when nobody holds it any more.
///
/// Foundation's `Process` isn't used: it reads the names in `/proc/self/fd` 256 bytes at a time,
/// and with a thousand open descriptors beyond the end of its buffer, which once ended a test run.
public final class ChildProcess: Sendable {
  /// Where one of its three streams leads.
  public enum Stream: Sendable {
    case inherit
    case null
    case pipe
    /// To the end of a file, made where there is none.
    case append(String)
  }

  public struct NotStarted: Error, CustomStringConvertible {
    public let description: String
  }

  /// How it ended.
  public enum Exit: Hashable, Sendable {
    case code(Int32)
    case signal(Int32)

    /// As a shell has it: 128 more than a signal's number.
    public var status: Int32 {
      switch self {
      case .code(let code): code
      case .signal(let number): 128 + number
      }
    }
  }

  /// What it says, and where it is told; nil where that stream is no pipe.
  public let output: PipeEnd?
  public let errors: PipeEnd?
  public let input: PipeEnd?
  private let identifier: pid_t
  private let exit = Mutex<Exit?>(nil)

  /// Starts it; a program without a slash is looked for in `PATH`.
  ///
  /// - Parameter environment: Nil for this process's own.
  public init(
    _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil,
    input: Stream = .null, output: Stream = .inherit, errors: Stream = .inherit
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var theirs: [PipeEnd] = []
    self.input = try Self.lead(0, to: input, &actions, &theirs)
    self.output = try Self.lead(1, to: output, &actions, &theirs)
    self.errors = try Self.lead(2, to: errors, &actions, &theirs)
    _ = Self.closeFrom(&actions, 3)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    var settings: [UnsafeMutablePointer<CChar>?] =
      (environment ?? [:]).sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") }
      + [nil]
    defer { for word in words + settings { free(word) } }
    var identifier = pid_t()
    let failure = settings.withUnsafeMutableBufferPointer { settings in
      posix_spawnp(
        &identifier, program, &actions, nil, &words,
        environment == nil ? environ : settings.baseAddress)
    }
    guard failure == 0 else {
      throw NotStarted(description: "\(program): \(String(cString: strerror(failure)))")
    }
    self.identifier = identifier
  }

  deinit { kill() }

  private typealias CloseFrom =
    @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

  // glibc's own, which its Swift module hides. With it no child holds another one's pipes open.
  private static let closeFrom: CloseFrom = {
    let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np")
    guard let symbol else { preconditionFailure("a glibc before 2.34") }
    return unsafeBitCast(symbol, to: CloseFrom.self)
  }()

  /// Sets up one stream; gives our end where it is a pipe.
  private static func lead(
    _ number: Int32, to stream: Stream, _ actions: inout posix_spawn_file_actions_t,
    _ theirs: inout [PipeEnd]
  ) throws -> PipeEnd? {
    switch stream {
    case .inherit: return nil
    case .null:
      posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
      return nil
    case .append(let path):
      posix_spawn_file_actions_addopen(
        &actions, number, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
      return nil
    case .pipe:
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else {
        throw NotStarted(description: "pipe: \(String(cString: strerror(errno)))")
      }
      let (read, write) = (PipeEnd(ends[0]), PipeEnd(ends[1]))
      let (own, other) = number == 0 ? (write, read) : (read, write)
      theirs.append(other)
      posix_spawn_file_actions_adddup2(&actions, other.descriptor, number)
      return own
    }
  }

  public var isRunning: Bool { ended == nil }

  /// Sends a signal, unless it has ended.
  public func signal(_ number: Int32) {
    exit.withLock { exit in
      if exit == nil { _ = Glibc.kill(identifier, number) }
    }
  }

  /// `kill -9`, and waits until it is gone.
  public func kill() {
    signal(SIGKILL)
    wait()
  }

  /// Waits for its end.
  @discardableResult public func wait() -> Exit {
    while true {
      if let exit = ended { return exit }
      // Left to be reaped under the lock, so that no signal goes to a stranger of the same number.
      var info = siginfo_t()
      waitid(P_PID, id_t(identifier), &info, WEXITED | WNOWAIT)
    }
  }

  private var ended: Exit? {
    exit.withLock { exit in
      if exit != nil { return exit }
      var status: Int32 = 0
      guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
      exit = status & 0x7f == 0 ? .code((status >> 8) & 0xff) : .signal(status & 0x7f)
      return exit
    }
  }
}

/// One end of a pipe; closed when it goes.
public final class PipeEnd: Sendable {
  let descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// What there is to read, once there is something; empty at the end.
  public func some() -> String {
    String(decoding: bytes(), as: UTF8.self)
  }

  /// All there is until the end.
  public func all() -> String {
    var all: [UInt8] = []
    while case let more = bytes(), !more.isEmpty { all += more }
    return String(decoding: all, as: UTF8.self)
  }

  /// Writes all of it; false where nobody reads any more.
  public func write(_ text: String) -> Bool {
    var rest = ArraySlice(text.utf8)
    while !rest.isEmpty {
      let count = rest.withContiguousStorageIfAvailable {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      guard let count, count > 0 || errno == EINTR else { return false }
      rest = rest.dropFirst(max(0, count))
    }
    return true
  }

  /// Reads on to the end, on a thread of its own, so that nobody waits for room.
  public func drain() { Thread { [self] in _ = all() }.start() }

  private func bytes() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      while true {
        let got = read(descriptor, buffer.baseAddress, buffer.count)
        if got < 0, errno == EINTR { continue }
        count = max(0, got)
        return
      }
    }
  }
}

extension ChildProcess {
  /// What a run said and ended with.
  public struct Outcome: CustomStringConvertible, Sendable {
    public let code: Int32
    public let out: String
    public let err: String
    public var lines: [String] { out.split(separator: "\n").map(String.init) }
    public var description: String { "exit \(code)\n\(out)\n\(err)" }
  }

  /// Runs a program to its end.
  public static func run(
    _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil
  ) throws -> Outcome {
    let child = try ChildProcess(
      program, arguments, environment: environment, output: .pipe, errors: .pipe)
    return try child.outcome()
  }

  /// Both streams to their ends, read as they come, so that neither holds the program up.
  private func outcome() throws -> Outcome {
    guard let output, let errors else { preconditionFailure("both streams are pipes") }
    var said: [[UInt8]] = [[], []]
    var polled = [output, errors].map {
      pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
    }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while polled.contains(where: { $0.fd >= 0 }) {
      guard poll(&polled, 2, -1) > 0 else { continue }
      for index in polled.indices where polled[index].revents != 0 {
        let count = read(polled[index].fd, &chunk, chunk.count)
        if count > 0 { said[index] += chunk[..<count] }
        if count == 0 || (count < 0 && errno != EINTR) { polled[index].fd = -1 }
      }
    }
    return Outcome(
      code: wait().status, out: String(decoding: said[0], as: UTF8.self),
      err: String(decoding: said[1], as: UTF8.self))
  }
}
