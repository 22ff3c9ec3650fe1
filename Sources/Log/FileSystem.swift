import Glibc

/// What a folder lies on, by how far its syncs and its locks can be relied on.
public enum FileSystem: Hashable, Sendable {
  /// A disk of this machine, as far as can be told.
  case disk
  /// Gone with the power or with the container.
  case fleeting(String)
  /// On another machine: neither locks nor syncs mean there what the log needs them to.
  case remote(String)

  /// That of a folder, or of the nearest one above it that is there.
  public init(of path: String) {
    let bytes = try? RealDisk().open("/proc/self/mountinfo", .read).bytes(1 << 20, at: 0)
    let mounts = String(decoding: bytes ?? [], as: UTF8.self)
    self.init(of: Self.nearest(path), mounts: mounts)
  }

  /// By the table of `/proc/self/mountinfo`: the type of the mount nearest above a whole path.
  init(of path: String, mounts: String) {
    var best: (point: Substring, type: Substring) = ("", "")
    for line in mounts.split(separator: "\n") {
      let halves = line.split(separator: " - ", maxSplits: 1)
      guard halves.count == 2, let type = halves[1].split(separator: " ").first,
        case let fields = halves[0].split(separator: " "), fields.count > 4
      else { continue }
      let point = fields[4] == "/" ? "" : fields[4]
      // Of two at one place the later one hides the other.
      if path == point || path.hasPrefix(point + "/"), point.count >= best.point.count {
        best = (point, type)
      }
    }
    self.init(type: String(best.type))
  }

  private init(type: String) {
    switch type {
    case "tmpfs", "ramfs", "overlay": self = .fleeting(type)
    case "nfs", "nfs4", "cifs", "smb3", "ceph", "afs", "9p", "fuse.sshfs", "fuse.glusterfs":
      self = .remote(type)
    default: self = .disk
    }
  }

  private static func nearest(_ path: String) -> String {
    var path = path
    while true {
      if let whole = realpath(path, nil) {
        defer { free(whole) }
        return String(cString: whole)
      }
      let isWhole = path.first == "/"
      let above = path.split(separator: "/").dropLast().joined(separator: "/")
      path = isWhole ? "/" + above : above.isEmpty ? "." : above
      if path == "/" { return path }
    }
  }
}
