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
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
