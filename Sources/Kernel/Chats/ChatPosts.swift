/// What the bot has posted in each channel, and what it is about to.
struct ChatPosts: Sendable {
  struct Key: Hashable, Comparable, Sendable {
    var open: OpenChannelID
    var place: PostPlace

    static func < (left: Self, right: Self) -> Bool {
      (left.open, left.place.rawValue) < (right.open, right.place.rawValue)
    }
  }

  struct Post: Sendable {
    /// Of the newest one.
    var number = 0
    /// The message that stands there.
    var message: Int?
    /// In a row.
    var failures = 0
    var isOpen = false
    var isStopped = false
    /// From when on it may be asked for by hand.
    var again = Instant(microseconds: 0)
  }

  /// Failures in a row after which nothing is posted by itself (domain 4.12).
  static let failuresMost = 5

  private var posts: [Key: Post] = [:]

  subscript(open: OpenChannelID, place: PostPlace) -> Post {
    posts[Key(open: open, place: place)] ?? Post()
  }

  private mutating func change(
    _ open: OpenChannelID, _ place: PostPlace, _ edit: (inout Post) -> Void
  ) {
    edit(&posts[Key(open: open, place: place), default: Post()])
  }

  mutating func take(_ e: ChatEvent.PostRequested) {
    change(e.open, e.place) {
      $0.number = e.number
      $0.isOpen = true
      guard let again = e.again else { return }
      ($0.again, $0.isStopped, $0.failures) = (again, false, 0)
    }
  }

  mutating func take(_ e: ChatEvent.Posted) {
    change(e.open, e.place) {
      ($0.message, $0.failures, $0.isOpen) = (e.message, 0, false)
    }
  }

  mutating func take(_ e: ChatEvent.PostFailed) {
    change(e.open, e.place) {
      ($0.failures, $0.isOpen, $0.isStopped) = ($0.failures + 1, false, e.isLast)
    }
  }

  mutating func list(_ fields: inout StateFields) {
    fields.map("posts", &posts, blank: (Key(open: .blank, place: .open), Post())) {
      $2.text("open", &$0.open)
      $2.text("place", &$0.place)
      $2.number("number", &$1.number)
      $2.optional("message", &$1.message, blank: 0) { $1.number("message", &$0) }
      $2.number("failures", &$1.failures)
      $2.flag("isOpen", &$1.isOpen)
      $2.flag("isStopped", &$1.isStopped)
      var again = $1.again.microseconds
      $2.number("again", &again)
      $1.again = Instant(microseconds: again)
    }
  }
}
