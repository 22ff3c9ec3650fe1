import Glibc
import Kernel
import Log
import Support

/// Appends the story of faults to a folder's log, and says on a pipe what was acknowledged.
///
///     appender FOLDER           `ack N` after each group, `full N` where there was no room, `done`
///     appender FOLDER --wait    opens, says `open`, and goes on once its input ends
///     appender FOLDER --count N appends and reads so often, and says `files N` of its descriptors
///
/// Ends with 0, or with 75 and the reason on standard error, as the service does.
enum Appender {
  static func run(_ words: [String]) -> Int32 {
    guard let folder = words.first else { return 64 }
    do throws(StoreError) {
      if words.count == 3, let count = Int(words[2]) {
        try repeatedly(count, in: folder)
        return 0
      }
      let store = try FileStore.open(
        folder: folder, environment: .sandbox, options: FaultStory.options)
      if words.contains("--wait") {
        say("open")
        while readLine() != nil {}
      }
      for (number, proposal) in FaultStory.groups(log: store.logID).enumerated() {
        try append([proposal], number + 1, to: store)
        // What sealing meets stops nobody.
        try? store.sealAll()
        if number % 4 == 3 {
          do throws(StoreError) { try store.rest() } catch .full {} catch { throw error }
        }
      }
      do throws(StoreError) { try store.close() } catch .full {} catch { throw error }
      say("done")
      return 0
    } catch {
      let text = "\(error)\n"
      _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
      return 75
    }
  }

  /// Appends and reads again and again, in one segment.
  private static func repeatedly(_ count: Int, in folder: String) throws(StoreError) {
    let store = try FileStore.open(folder: folder, environment: .sandbox)
    let groups = FaultStory.groups(log: store.logID)
    for number in 0...count {
      let group = groups[number == 0 ? 0 : 1 + number % (groups.count - 1)]
      guard let command = CommandID(text: "n\(number)") else { return }
      let proposal = Proposal(
        command: command, digest: group.digest, actor: group.actor, at: group.at,
        events: group.events)
      _ = try store.append([proposal])
      _ = try store.read(after: 0, limit: 3)
      if number % (count / 2) == 0 { say("files \(descriptors)") }
    }
  }

  private static var descriptors: Int {
    (0..<1024).count { fcntl(Int32($0), F_GETFD) >= 0 }
  }

  /// A full disk is asked again for a second.
  private static func append(
    _ group: [Proposal], _ number: Int, to store: FileStore
  ) throws(StoreError) {
    for _ in 0..<100 {
      do throws(StoreError) {
        _ = try store.append(group)
        return say("ack \(number)")
      } catch .full {
        say("full \(number)")
        usleep(10_000)
      } catch {
        throw error
      }
    }
    _ = try store.append(group)
  }

  private static func say(_ line: String) {
    let text = line + "\n"
    _ = text.withCString { write(STDOUT_FILENO, $0, strlen($0)) }
  }
}
