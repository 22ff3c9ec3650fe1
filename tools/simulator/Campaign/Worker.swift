import Glibc

/// This program once more, living seeds in a process of its own: a seed that traps ends the worker
/// and nobody else.
final class Worker {
  let seeds: [UInt64]
  /// Lines it has printed and nobody has taken.
  private var buffer: [UInt8] = []
  private let descriptor: Int32
  private let identifier: pid_t

  /// Starts `program` with these words; nil where the system has no room for it.
  init?(_ program: String, _ words: [String], seeds: [UInt64]) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var arguments: [UnsafeMutablePointer<CChar>?] =
      ([program] + words).map { strdup($0) } + [nil]
    // A trap is news of a seed, not a reason to look for symbols for a minute.
    var settings: [UnsafeMutablePointer<CChar>?] = [strdup("SWIFT_BACKTRACE=enable=no"), nil]
    defer { for word in arguments + settings { free(word) } }
    var made = pid_t()
    let failure = posix_spawn(&made, program, &actions, nil, &arguments, &settings)
    close(ends[1])
    guard failure == 0 else {
      close(ends[0])
      return nil
    }
    self.seeds = seeds
    descriptor = ends[0]
    identifier = made
  }

  /// The next whole lines; waits for some, and nil at its end.
  func lines() -> [[UInt8]]? {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { return [] }
    guard count > 0 else { return nil }
    buffer += chunk[..<count]
    var lines: [[UInt8]] = []
    while let end = buffer.firstIndex(of: 0x0a) {
      lines.append(Array(buffer[..<end]))
      buffer.removeSubrange(...end)
    }
    return lines
  }

  /// Waits for its end; nil where it ended well, or how it ended.
  func end() -> String? {
    close(descriptor)
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    if signal != 0 { return "the process was ended by signal \(signal), as a trap does" }
    let code = (status >> 8) & 0xff
    return code == 0 ? nil : "the process ended with code \(code)"
  }

  /// Those of the workers that have something to say, waited for.
  static func ready(_ workers: [Worker]) -> [Int] {
    var polls = workers.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    while poll(&polls, nfds_t(polls.count), -1) < 0, errno == EINTR {}
    return polls.indices.filter { polls[$0].revents != 0 }
  }
}
