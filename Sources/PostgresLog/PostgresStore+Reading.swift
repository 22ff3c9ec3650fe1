public import Kernel
public import Log

extension PostgresStore {
  public func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try rows.read(after: position, limit: limit, upTo: head.position)
  }

  public func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try rows.read(stream, after: version, limit: limit, upTo: head.position)
  }

  public func read(
    _ tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try rows.read(tag, after: position, limit: limit, upTo: head.position)
  }

  public func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    try rows.replay(
      after: position, limit: limit, wanting: forms, upTo: head.position, take)
  }
}
