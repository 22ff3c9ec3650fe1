import Dispatch
import Foundation
import Glibc
import Support
import Synchronization
import Testing

@testable import Gateways

/// A server of mail that takes one connection and writes down what it is told.
private final class PostOffice: Sendable {
  let port: Int
  private let descriptor: Int32

  init() {
    let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(listening, generic, size) == 0 && listen(listening, 1) == 0
          && getsockname(listening, generic, &size) == 0
      }
    }
    precondition(isListening, "no port")
    descriptor = listening
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }

  /// Everything that one client sends; its recipient is refused where `refuses` says so.
  func serve(refuses: Bool) -> String {
    let peer = accept(descriptor, nil, nil)
    defer { close(peer) }
    var all: [UInt8] = []
    func say(_ line: String) {
      _ = send(peer, line + "\r\n", line.utf8.count + 2, Int32(MSG_NOSIGNAL))
    }
    say("220 test")
    var isData = false
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while recv(peer, &byte, 1, 0) == 1 {
      line.append(byte)
      guard byte == UInt8(ascii: "\n") else { continue }
      all += line
      let text = String(decoding: line, as: UTF8.self)
      line = []
      if isData {
        if text == ".\r\n" {
          isData = false
          say("250 taken")
        }
      } else if text.hasPrefix("QUIT") {
        say("221 bye")
        break
      } else if text.hasPrefix("DATA") {
        isData = true
        say("354 go on")
      } else {
        say(text.hasPrefix("RCPT") && refuses ? "550 nobody" : "250 fine")
      }
    }
    return String(decoding: all, as: UTF8.self)
  }
}

@Suite struct SMTPClientTests {
  /// What a server hears of one client, and what the client says of it; neither waits for the
  /// tests' pool.
  private func meet(
    _ office: PostOffice, refuses: Bool, _ message: String, isPlain: Bool = true
  ) async throws -> (heard: String, trouble: String?) {
    try await offPool {
      let heard = Mutex("")
      let isOver = DispatchSemaphore(value: 0)
      let thread = Thread {
        let text = office.serve(refuses: refuses)
        heard.withLock { $0 = text }
        isOver.signal()
      }
      thread.start()
      let client = SMTPClient(
        url: "smtp://127.0.0.1:\(office.port)", user: isPlain ? "" : "u",
        password: isPlain ? "" : "secret", isPlain: isPlain)
      let trouble = client.send(message, from: "us@example.org", to: "you@example.org")
      isOver.wait()
      return (heard.withLock { $0 }, trouble)
    }
  }

  @Test("does: hands a whole message over, lines with a dot among it")
  func sends() async throws {
    let (text, trouble) = try await meet(
      PostOffice(), refuses: false, "Subject: x\r\n\r\n.a\r\nb\r\n")
    #expect(trouble == nil)
    #expect(text.contains("MAIL FROM:<us@example.org>"))
    #expect(text.contains("RCPT TO:<you@example.org>"))
    #expect(text.contains("Subject: x\r\n\r\n..a\r\nb\r\n.\r\n"), "\(text)")
  }

  @Test("refuses: a server that takes nobody, and one without TLS where it isn't a test's")
  func refuses() async throws {
    let (_, trouble) = try await meet(PostOffice(), refuses: true, "Subject: x\r\n\r\n")
    #expect(trouble?.contains("550") == true && trouble?.contains("example.org") == false)
    let (text, plain) = try await meet(
      PostOffice(), refuses: false, "Subject: x\r\n\r\n", isPlain: false)
    #expect(plain != nil)
    #expect(!text.contains("MAIL FROM") && !text.contains("AUTH"))
  }
}
