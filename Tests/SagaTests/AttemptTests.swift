import Testing

@testable import Kernel
@testable import Sagas

/// What is owed while a nonce has more than one attempt.
@Suite struct AttemptTests {
  /// Calls owed, as the engine keeps them.
  private struct Owed {
    var effects = OpenEffects()
    var open: [Subject: Effect] = [:]

    mutating func take(_ events: LedgerEvent...) {
      for event in events {
        let change = effects.take(event)
        for key in change.closed { open[key] = nil }
        for effect in change.opened { open[effect.key] = effect }
      }
    }

    var keys: Set<String> { Set(open.keys.map { String($0.text.prefix { $0 != "/" }) }) }

    var settled: OpenTransfer? {
      for case .settleTransfer(let transfer) in open.values { return transfer }
      return nil
    }
  }

  private func sending() -> Owed {
    var owed = Owed()
    owed.take(
      SplitWorld.requested(.batch(SplitWorld.batch)), SplitWorld.estimated, SplitWorld.intended,
      SplitWorld.opened, SplitWorld.hostpay(), SplitWorld.checked("waiting"),
      SplitWorld.transferRequested, SplitWorld.reserved, SplitWorld.signed(1))
    return owed
  }

  @Test("does: a bump owes its signature, and every attempt is watched until one is final")
  func bump() {
    var owed = sending()
    #expect(owed.keys == ["settle"] && owed.settled?.swap != nil)
    owed.take(SplitWorld.bump(2))
    #expect(owed.keys == ["settle", "sign"])
    #expect(owed.settled?.bump?.attempt == 2 && owed.settled?.attempts.count == 1)
    owed.take(SplitWorld.signed(2))
    #expect(owed.keys == ["settle"] && owed.settled?.bump == nil)
    #expect(owed.settled?.attempts.map(\.hash) == ["0xt1", "0xt2"])
    owed.take(SplitWorld.bump(3), SplitWorld.confirmed)
    #expect(owed.open.isEmpty)
  }

  @Test("does: a cancel takes an unsigned bump's place, and is watched beside the rest")
  func cancel() {
    var owed = sending()
    owed.take(SplitWorld.bump(2), SplitWorld.cancel(nonce: 7))
    #expect(owed.keys == ["settle"])
    #expect(owed.settled?.cancel != nil && owed.settled?.bump == nil)
    owed.take(SplitWorld.bump(2, cancels: true), SplitWorld.signed(2, isCancel: true))
    #expect(owed.settled?.attempts.map(\.hash) == ["0xt1", "0xc2"])
    owed.take(SplitWorld.parked)
    #expect(owed.keys == ["settle"])
    owed.take(SplitWorld.cancelled)
    #expect(owed.open.isEmpty)
    owed.take(SplitWorld.released)
    #expect(owed.keys == ["prepare"])
    owed.take(SplitWorld.cancel(nonce: nil))
    #expect(owed.open.isEmpty)
  }

  @Test("does: a reserved nonce that is to be closed owes a look, and no payment's signature")
  func unsignedCancel() {
    var owed = Owed()
    owed.take(
      SplitWorld.requested(.batch(SplitWorld.batch), .direct), SplitWorld.hostpay(nil),
      SplitWorld.transferRequested, SplitWorld.reserved)
    #expect(owed.keys == ["sign"])
    owed.take(SplitWorld.cancel(nonce: 7))
    #expect(owed.keys == ["settle"] && owed.settled?.attempts == [])
    owed.take(SplitWorld.bump(1, cancels: true), SplitWorld.parked)
    #expect(owed.keys == ["settle", "sign"])
  }

  @Test("does: what was parked owes the same again once it is released")
  func release() {
    var owed = Owed()
    owed.take(
      SplitWorld.requested(.batch(SplitWorld.batch), .direct), SplitWorld.transferRequested,
      SplitWorld.parked)
    #expect(owed.open.isEmpty)
    owed.take(SplitWorld.released)
    #expect(owed.keys == ["prepare"])
    owed.take(SplitWorld.reserved, SplitWorld.parked)
    #expect(owed.open.isEmpty)
    owed.take(SplitWorld.released)
    #expect(owed.keys == ["sign"])
    owed.take(SplitWorld.signed(1), SplitWorld.parked, SplitWorld.released)
    #expect(owed.keys == ["settle"])
    owed.take(SplitWorld.reverted)
    #expect(owed.open.isEmpty)
    owed.take(SplitWorld.released)
    #expect(owed.keys == ["prepare"])
  }

  @Test("does: a listing read back owes the same, wherever it was cut")
  func listing() throws {
    let line = [
      SplitWorld.requested(.batch(SplitWorld.batch)), SplitWorld.opened, SplitWorld.hostpay(),
      SplitWorld.transferRequested, SplitWorld.reserved, SplitWorld.signed(1),
      SplitWorld.bump(2), SplitWorld.signed(2), SplitWorld.cancel(nonce: 7),
      SplitWorld.bump(3, cancels: true), SplitWorld.signed(3, isCancel: true),
      SplitWorld.bump(4, cancels: true),
    ]
    readsBack(line)
    // Without a swap to look at: what is paid in USDT.
    readsBack([SplitWorld.requested(.batch(SplitWorld.batch))] + line[3...])
  }

  private func readsBack(_ line: [LedgerEvent]) {
    for cut in 1...line.count {
      var owed = Owed()
      for event in line[..<cut] { owed.take(event) }
      let bytes = Listed()
      var fields = StateFields(writing: bytes)
      owed.effects.list(&fields)
      var effects = owed.open.sorted { $0.key < $1.key }.map { Optional($0.value) }
      fields.list("owed", &effects, blank: nil) { effect, fields in
        var found = effect ?? .blank
        found.list(&fields)
        effect = found
      }
      var reader = StateFields(reading: bytes)
      var read = Owed()
      read.effects.list(&reader)
      var again: [Effect?] = []
      reader.list("owed", &again, blank: nil) { effect, fields in
        var found = effect ?? .blank
        found.list(&fields)
        effect = found
      }
      #expect(reader.isSound && again == effects, "cut at \(cut)")
      for effect in again.compactMap(\.self) { read.open[effect.key] = effect }
      // What follows is the same to both.
      for event in line[cut...] + [SplitWorld.cancelled, SplitWorld.released] {
        owed.take(event)
        read.take(event)
        #expect(read.open == owed.open, "cut at \(cut), \(event.name)")
      }
    }
  }

  @Test("does: hostpay waits for what the chain says of a cancel, and for a person after a revert")
  func hostpay() {
    var processes = Processes(terms: SagaTerms(flow: .fixedRate))
    func play(_ events: LedgerEvent...) -> [LedgerCommand] {
      events.flatMap { processes.take($0) }
    }
    _ = play(
      SplitWorld.requested(.batch(SplitWorld.batch)), SplitWorld.estimated, SplitWorld.intended,
      SplitWorld.opened, SplitWorld.hostpay(), SplitWorld.checked("waiting"),
      SplitWorld.transferRequested, SplitWorld.reserved, SplitWorld.signed(1))
    let split = SplitWorld.split
    #expect(
      play(
        SplitWorld.bump(2), SplitWorld.signed(2), SplitWorld.cancel(nonce: 7),
        SplitWorld.signed(3, isCancel: true)
      ).isEmpty)
    var cancelled = processes
    #expect(cancelled.take(SplitWorld.cancelled).isEmpty)
    #expect(cancelled.take(SplitWorld.abandoned).isEmpty)
    let next = [
      SplitWorld.estimated, SplitWorld.intended, SplitWorld.opened, SplitWorld.hostpay(),
      SplitWorld.checked("waiting"),
    ].flatMap { cancelled.take($0) }
    #expect(next.last == .transfer(.request(split)))
    #expect(play(SplitWorld.reverted) == [.hostpay(.hold(split, reason: "transfer reverted"))])
    #expect(
      play(SplitWorld.released, SplitWorld.reserved, SplitWorld.signed(1), SplitWorld.confirmed)
        == [.hostpay(.noteFunded(split))])
  }
}

/// A listing's bytes in memory.
final class Listed: StateSink, StateSource {
  private var all: [UInt8] = []
  private var at = 0

  func put(_ bytes: UnsafeRawBufferPointer) { all += bytes }

  func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard buffer.count <= all.count - at else { return false }
    buffer.copyBytes(from: all[at..<(at + buffer.count)])
    at += buffer.count
    return true
  }
}
