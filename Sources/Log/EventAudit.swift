import Kernel

/// The checks that read bodies: exact bytes, the place the fact itself names, balanced postings.
struct EventAudit {
  private var writer = BodyWriter()

  mutating func check(_ record: Record, _ envelope: Envelope) throws(StoreError) {
    let event = try record.event(envelope)
    writer.out.bytes.removeAll(keepingCapacity: true)
    writer.write(event)
    guard record.body.elementsEqual(writer.out.bytes) else {
      throw record.damage("the body of \(envelope.name) isn't in its one form")
    }
    let place = event.place
    guard place.stream.text == envelope.stream, place.tags.map(\.text) == envelope.tags else {
      throw record.damage("\(envelope.name) belongs to \(place.stream)")
    }
    var sums: [Asset: Int128] = [:]
    for line in postings(of: event) { sums[line.amount.asset, default: 0] += line.amount.units }
    guard sums.values.allSatisfy({ $0 == 0 }) else {
      throw record.damage("the postings of \(envelope.name) don't balance")
    }
    if record.position == 1 {
      guard case .ledger(.opened) = event else {
        throw record.damage("the log doesn't begin with its opening")
      }
    }
  }
}

extension Record {
  func event(_ envelope: Envelope) throws(StoreError) -> LedgerEvent {
    do {
      return try EventCodec.event(named: envelope.name, body: [UInt8](body))
    } catch {
      switch error {
      case .unknownName(let name): throw .unknownName(name, position: position)
      case .malformed: throw damage(error.description)
      }
    }
  }
}
