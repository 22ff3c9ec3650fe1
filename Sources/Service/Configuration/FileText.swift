import Glibc

/// Small files, whole.
enum FileText {
  enum Failure: Error, Hashable {
    case missing
    case notAFile
    case tooLarge
    case unreadable(Int32)

    var words: String {
      switch self {
      case .missing: "there is no such file"
      case .notAFile: "it is not a file"
      case .tooLarge: "the file is too large"
      case .unreadable(let code): "the file can't be read: \(String(cString: strerror(code)))"
      }
    }
  }

  static let most = 64 * 1024

  /// The text of a file, and its permission bits.
  static func read(_ path: String) throws(Failure) -> (text: String, mode: UInt32) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? Failure.missing : Failure.unreadable(errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      guard count >= 0 else { throw .unreadable(errno) }
      if count == 0 { break }
      bytes += chunk[..<count]
      guard bytes.count <= most else { throw .tooLarge }
    }
    return (String(decoding: bytes, as: UTF8.self), status.st_mode & 0o777)
  }

  /// Writes a new file for its owner alone; an old one stays and is an error.
  static func create(_ path: String, _ text: String) throws(Failure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unreadable(errno) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      throw .unreadable(errno)
    }
  }

  /// Puts a file in an old one's place, or makes it: one of them is there, also after a crash.
  static func replace(_ path: String, _ text: String) throws(Failure) {
    let fresh = path + ".new"
    unlink(fresh)
    try create(fresh, text)
    guard rename(fresh, path) == 0 else { throw .unreadable(errno) }
  }

  /// Makes a folder for its owner alone, and those above it; an existing one is fine.
  static func createFolder(_ path: String) throws(Failure) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += part + "/"
      guard mkdir(made, 0o700) == 0 || errno == EEXIST else { throw .unreadable(errno) }
    }
  }
}
