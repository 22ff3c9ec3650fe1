import Glibc
import Synchronization

/// Ports for servers that must know theirs before they listen.
///
/// Below the range the system takes its own from, so that a server on port 0 of another test can't
/// have it in the meantime; each is handed out once.
public enum FreePort {
  private static let taken = Atomic<Int>(0)

  public static func next() -> Int {
    while true {
      let turn = taken.wrappingAdd(1, ordering: .relaxed).newValue
      let port = 20_000 + (Int(getpid()) * 97 + turn) % 12_000
      if isFree(port) { return port }
    }
  }

  private static func isFree(_ port: Int) -> Bool {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    return Loopback.with(port) { bind(socket, $0, $1) } == 0
  }
}
