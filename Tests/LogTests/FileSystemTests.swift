import Foundation
import Testing

@testable import Log

@Suite struct FileSystemTests {
  @Test("knows: file systems whose syncs and locks can't be relied on (ST-29)")
  func kinds() {
    #expect(FileSystem(magic: 0x6969) == .remote("NFS"))
    #expect(FileSystem(magic: 0xfe53_4d42) == .remote("SMB"))
    #expect(FileSystem(magic: 0x794c_7630) == .fleeting("overlay"))
    #expect(FileSystem(magic: 0xef53) == .disk)
    #expect(FileSystem(magic: 0x5846_5342) == .disk)
  }

  @Test("asks: the nearest folder that is there")
  func nearest() {
    #expect(FileSystem(of: "/dev/shm/nobody/made/this") == FileSystem(of: "/dev/shm"))
    #expect(FileSystem(of: "/nobody/made/this") == FileSystem(of: "/"))
    #expect(FileSystem(of: "nobody/made/this") == FileSystem(of: "."))
  }
}
