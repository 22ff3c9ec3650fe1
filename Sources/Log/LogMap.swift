import Kernel

/// The index of a log on files: who finds an event, and where each lies.
struct LogMap: Sendable {
  /// One event's place: the number of its segment, and the offset of its record there.
  struct Place: Sendable {
    // 24 bits of segment and 40 of offset: 16 million segments of a terabyte each.
    private let packed: UInt64

    init(segment: Int, offset: UInt64) {
      precondition(segment < 1 << 24 && offset < 1 << 40, "a log beyond what places can name")
      packed = UInt64(segment) << 40 | offset
    }

    var segment: Int { Int(packed >> 40) }
    var offset: UInt64 { packed & (1 << 40 - 1) }
  }

  var index = LogIndex()
  private(set) var segments: [Segment] = []
  private var places: [Place] = []

  mutating func add(_ segment: Segment) { segments.append(segment) }

  /// Takes in the next event, whose record lies in the newest segment.
  mutating func take(_ place: EventPlace, at instant: Instant, hash: Digest, offset: UInt64) {
    index.take(place, at: instant, hash: hash)
    places.append(Place(segment: segments.count - 1, offset: offset))
  }

  func places(after position: UInt64, limit: Int) -> Found {
    guard position < places.count else { return Found(segments: segments, places: []) }
    let slice = places[Int(position)...].prefix(max(0, limit))
    return Found(
      segments: segments,
      places: slice.enumerated().map {
        Found.Event(position: position + 1 + UInt64($0), place: $1)
      })
  }

  func places(of positions: ArraySlice<UInt64>) -> Found {
    Found(
      segments: segments,
      places: positions.map { Found.Event(position: $0, place: places[Int($0) - 1]) })
  }

  /// What a read is to fetch, once nothing is locked any more.
  struct Found: Sendable {
    struct Event: Sendable {
      let position: UInt64
      let place: Place
    }

    let segments: [Segment]
    let places: [Event]

    /// Reads the events, in steps of `window` bytes.
    func events(window: Int) throws(StoreError) -> [StoredEvent] {
      guard !places.isEmpty else { return [] }
      let buffer = ReadBuffer(window: window)
      var events: [StoredEvent] = []
      events.reserveCapacity(places.count)
      for event in places {
        let segment = segments[event.place.segment]
        let record = try Record(buffer, segment, event.place.offset, event.position)
        events.append(try record.stored())
      }
      return events
    }
  }
}
