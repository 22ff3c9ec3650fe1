import Testing

@testable import Log

@Suite struct FileSystemTests {
  private static let mounts = """
    22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
    23 22 0:21 / /proc rw - proc proc rw
    24 22 0:22 / /srv rw,nosuid master:1 - nfs4 box:/export rw,vers=4.2
    25 24 0:23 / /srv/cache rw - tmpfs tmpfs rw
    26 22 254:1 / /srv/disk rw - ext4 /dev/vdb rw
    27 22 0:24 / /home/share rw - cifs //box/share rw
    28 22 0:25 / /var/lib/x rw - overlay overlay rw,lowerdir=a - b

    """

  @Test("knows: what a folder lies on by the mount nearest above it (ST-29)")
  func kinds() {
    func kind(_ path: String) -> FileSystem { FileSystem(of: path, mounts: Self.mounts) }
    #expect(kind("/srv/weir") == .remote("nfs4") && kind("/srv") == .remote("nfs4"))
    #expect(kind("/srv/cache/weir") == .fleeting("tmpfs"))
    #expect(kind("/srv/disk/weir") == .disk && kind("/srvx") == .disk && kind("/") == .disk)
    #expect(kind("/home/share") == .remote("cifs"))
    #expect(kind("/var/lib/x/y") == .fleeting("overlay"))
    #expect(FileSystem(of: "/srv", mounts: "") == .disk)
  }

  @Test("asks: for the nearest folder that is there")
  func nearest() {
    #expect(FileSystem(of: "/dev/shm/nobody/made/this") == FileSystem(of: "/dev/shm"))
    #expect(FileSystem(of: "/nobody/made/this") == FileSystem(of: "/"))
    #expect(FileSystem(of: "nobody/made/this") == FileSystem(of: "."))
  }
}
