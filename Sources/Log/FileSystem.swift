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
    var facts = statfs()
    var path = path
    while statfs(path, &facts) != 0 {
      let above = path.split(separator: "/").dropLast()
      guard errno == ENOENT, !above.isEmpty else { break }
      path = (path.first == "/" ? "/" : "") + above.joined(separator: "/")
    }
    self.init(magic: UInt32(truncatingIfNeeded: facts.f_type))
  }

  /// By the number that `statfs` gives.
  init(magic: UInt32) {
    self =
      switch magic {
      case 0x6969: .remote("NFS")
      case 0x517b, 0xff53_4d42, 0xfe53_4d42: .remote("SMB")
      case 0x00c3_6400: .remote("Ceph")
      case 0x5346_414f, 0x6b41_4653: .remote("AFS")
      case 0x0102_1997: .remote("9P")
      case 0x0102_1994: .fleeting("tmpfs")
      case 0x8584_58f6: .fleeting("ramfs")
      case 0x794c_7630: .fleeting("overlay")
      default: .disk
      }
  }
}
