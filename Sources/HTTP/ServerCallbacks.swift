import CMicroHTTPD
import Synchronization

// What libmicrohttpd calls, on its own threads: nothing here traps, throws or blocks. A peer lives
// from `connectionChanged` to `connectionChanged`, an exchange from `targetArrived` to
// `requestEnded`; both are retained by the pointers that libmicrohttpd keeps for us.

func connectionChanged(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ change: MHD_ConnectionNotificationCode
) {
  guard let context, let connection, let slot else { return }
  let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
  switch change {
  case .CONNECTION_NOTIFY_STARTED:
    let deadline = monotonicMilliseconds() + milliseconds(core.limits.requestSeconds)
    let peer = Peer(descriptor: shim_mhd_socket(connection), deadline: deadline)
    core.sweeper.add(peer)
    slot.pointee = Unmanaged.passRetained(peer).toOpaque()
  case .CONNECTION_NOTIFY_CLOSED:
    guard let held = slot.pointee else { return }
    slot.pointee = nil
    core.sweeper.remove(Unmanaged<Peer>.fromOpaque(held).takeRetainedValue())
  @unknown default:
    return
  }
}

func targetArrived(
  _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
  guard let context, let target, let connection,
    let held = shim_mhd_socket_context(connection)
  else { return nil }
  let core = Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
  let peer = Unmanaged<Peer>.fromOpaque(held).takeUnretainedValue()
  let exchange = Exchange(core: core, peer: peer, connection: connection, target: target)
  peer.exchange.withLock { $0 = exchange }
  return Unmanaged.passRetained(exchange).toOpaque()
}

func requestContinues(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?,
  _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?,
  _ bytes: UnsafePointer<CChar>?, _ count: UnsafeMutablePointer<Int>?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let held = slot?.pointee, let method, let version, let count else { return .NO }
  let exchange = Unmanaged<Exchange>.fromOpaque(held).takeUnretainedValue()
  switch exchange.reading {
  case .line:
    return exchange.headersArrived(method: method, version: version)
  case .body:
    guard count.pointee > 0 else { return exchange.requestArrived() }
    let arrived = UnsafeRawBufferPointer(start: bytes, count: count.pointee)
    count.pointee = 0
    return exchange.bodyArrived(arrived)
  case .handed:
    return exchange.resumed()
  case .refused:
    return .NO
  }
}

func requestEnded(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ how: MHD_RequestTerminationCode
) {
  guard let held = slot?.pointee else { return }
  slot?.pointee = nil
  let exchange = Unmanaged<Exchange>.fromOpaque(held).takeRetainedValue()
  exchange.peer.exchange.withLock { $0 = nil }
  exchange.ended()
}

func streamContinues(
  _ context: UnsafeMutableRawPointer?, _ place: UInt64, _ bytes: UnsafeMutablePointer<CChar>?,
  _ count: Int
) -> Int {
  // MHD_CONTENT_READER_END_OF_STREAM, a macro that Swift does not import.
  let end = -1
  guard let context, let bytes else { return end }
  let stream = Unmanaged<HTTPStream>.fromOpaque(context).takeUnretainedValue()
  return stream.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: count)) ?? end
}

func streamReleased(_ context: UnsafeMutableRawPointer?) {
  guard let context else { return }
  Unmanaged<HTTPStream>.fromOpaque(context).release()
}
