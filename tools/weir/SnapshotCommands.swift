import Foundation
import JSON
import Log
import Service

extension Command {
  static let snapshotsList = Command(
    "snapshots list", "Lists the states that a start can go on from",
    options: [dataOption, jsonOption],
    notes: [
      "A snapshot is a cache: the service passes over one that isn't of its log and its version."
    ]
  ) { (arguments) throws(Failure) in
    let folder = SnapshotFolder(path: DataFolder(arguments.required("data")).snapshots)
    var table = TextTable(["FILE", "POSITION", "BYTES", "FAULT"], right: [1, 2])
    for entry in folder.entries() {
      let position = entry.snapshot.map { String($0.position) }
      if arguments.has("json") {
        arguments.terminal.put(
          JSONValue.object([
            "file": .string(entry.file), "bytes": .integer(Int(entry.bytes)),
            "position": position.map(JSONValue.number) ?? .null,
            "fault": entry.fault.map(JSONValue.string) ?? .null,
          ]).written(.asIs))
      } else {
        table.add([entry.file, position ?? "", String(entry.bytes), entry.fault ?? ""])
      }
    }
    if !arguments.has("json") { table.lines.forEach(arguments.terminal.put) }
    return .success
  }

  static let snapshotsDrop = Command(
    "snapshots drop", "Takes all snapshots away; the next start takes in the whole log",
    options: [dataOption]
  ) { (arguments) throws(Failure) in
    let path = DataFolder(arguments.required("data")).snapshots
    do {
      if FileManager.default.fileExists(atPath: path) {
        try FileManager.default.removeItem(atPath: path)
      }
    } catch {
      throw Failure(.failure, "\(path): \(error.localizedDescription)")
    }
    return .success
  }
}
