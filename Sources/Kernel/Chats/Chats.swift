/// What is known of those who speak to the bot, each by himself, and which answers are owed.
struct Chats: Sendable {
  /// One person's choice, and what he is to pay.
  struct Person: Sendable {
    /// The newest update that chose: an older one that comes late changes nothing.
    var update = 0
    var open: OpenChannelID?
    var tier: Int?
    var order: OrderID?
    /// Until when the order is shown again instead of another one.
    var payUntil = Instant(microseconds: 0)
    /// The order's page; nil until it is made.
    var url: String?
  }

  /// What an owner has entered and not saved yet.
  struct Draft: Sendable {
    var form = ChatForm.blank
    /// The newest update that changed it.
    var update = 0
    /// Whether Telegram has said that he is an administrator of the channel.
    var isProven = false
    /// Whether it is being saved as it stands.
    var isSaving = false
  }

  /// Drafts that are kept; beyond, the oldest one goes, of strangers first.
  static let draftsMost = 1_000

  private var people: [UserID: Person] = [:]
  private var drafts: [UserID: Draft] = [:]
  /// Updates that wait for their answer.
  private var open: Set<Int> = []
  /// Orders whose page is to be shown, by the update that asked for it.
  private var pages: [OrderID: Int] = [:]
  /// The bot that lets people in; nil where there is none.
  private(set) var bot: ChatEvent.SwitchedOn?
  /// Notices that are to be told.
  private var notices: Set<String> = []
  private(set) var posts = ChatPosts()

  subscript(user: UserID) -> Person? { people[user] }

  subscript(draft user: UserID) -> Draft? { drafts[user] }
  var draftCount: Int { drafts.count }

  /// Whether an update came after another; Telegram begins anew at a number of its own choosing
  /// where nothing was said for a week, and it keeps none for that long.
  static func comes(_ update: Int, after other: Int) -> Bool {
    update > other || update < other - 1_000_000
  }

  func isOpen(_ update: Int) -> Bool { open.contains(update) }
  func isOpen(_ order: OrderID) -> Bool { pages[order] != nil }

  mutating func take(_ event: ChatEvent) {
    switch event {
    case .switchedOn(let e): bot = e
    case .switchedOff: bot = nil
    case .heard(let e):
      open.insert(e.update)
      if e.screen.kind == .preparing, let order = e.order { pages[order] = e.update }
      choose(e)
      edit(e)
    case .answered(let e): close(e.update, e.order)
    case .failed(let e): close(e.update, e.order)
    case .noticeRequested(let e): notices.insert(e.notice)
    case .noticeDelivered(let e): notices.remove(e.notice)
    case .noticeFailed(let e): notices.remove(e.notice)
    case .postRequested(let e): posts.take(e)
    case .posted(let e): posts.take(e)
    case .postFailed(let e): posts.take(e)
    case .formProven(let e): change(e.user, e.open) { $0?.isProven = true }
    case .formEnded(let e): change(e.user, e.open) { $0 = nil }
    }
  }

  func isOpen(notice: String) -> Bool { notices.contains(notice) }

  private mutating func choose(_ e: ChatEvent.Heard) {
    guard let user = UserID(text: e.user.value) else { return }
    var person = people[user] ?? Person()
    guard people[user] == nil || Self.comes(e.update, after: person.update) else { return }
    switch e.screen.kind {
    case .chosen, .preparing, .payment:
      person.open = e.screen.open
      person.tier = e.screen.tier
    case .cancelled: person = Person()
    case .menu, .offer, .donation, .donationLink, .waiting, .channelUnknown, .nothingChosen,
      .notUnderstood, .joining, .buttonUnknown, .formAsk, .formOffer, .formOpening, .form,
      .formSaving, .formClosed, .linked, .linkOver:
      return
    }
    person.update = e.update
    if let order = e.order, order != person.order {
      (person.order, person.url) = (order, nil)
    }
    if let until = e.payUntil { person.payUntil = until }
    people[user] = person
  }

  private mutating func edit(_ e: ChatEvent.Heard) {
    guard let user = UserID(text: e.user.value) else { return }
    let before = drafts[user]
    guard before.map({ Self.comes(e.update, after: $0.update) }) ?? true else { return }
    switch e.screen.kind {
    case .cancelled, .formClosed: drafts[user] = nil
    case .formAsk, .formOffer, .formOpening:
      drafts[user] = Draft(form: e.screen.form ?? .blank, update: e.update)
    case .form, .formSaving:
      let form = e.screen.form ?? .blank
      let isSame = before?.form.open == form.open
      drafts[user] = Draft(
        form: form, update: e.update, isProven: isSame && before?.isProven ?? false,
        isSaving: e.screen.kind == .formSaving)
    case .menu, .offer, .chosen, .preparing, .payment, .donation, .donationLink, .waiting,
      .channelUnknown, .nothingChosen, .notUnderstood, .joining, .buttonUnknown, .linked,
      .linkOver:
      break
    }
    if drafts.count > Self.draftsMost { dropDraft(but: user) }
  }

  private mutating func dropDraft(but kept: UserID) {
    let oldest = drafts.lazy.filter { $0.key != kept }.min {
      ($0.value.isProven ? 1 : 0, $0.value.update, $0.key.text)
        < ($1.value.isProven ? 1 : 0, $1.value.update, $1.key.text)
    }
    if let oldest { drafts[oldest.key] = nil }
  }

  private mutating func change(
    _ user: Personal, _ open: OpenChannelID, _ edit: (inout Draft?) -> Void
  ) {
    guard let user = UserID(text: user.value), drafts[user]?.form.open == open else { return }
    edit(&drafts[user])
  }

  private mutating func close(_ update: Int, _ order: OrderID?) {
    if let order { pages[order] = nil } else { open.remove(update) }
  }

  /// Whether nobody is waited for, so that there is nothing to note.
  var isEmpty: Bool { people.isEmpty }

  /// An order's page is there, or there will be none.
  mutating func note(_ order: OrderID, of user: Personal, url: String?) {
    guard !people.isEmpty, let user = UserID(text: user.value),
      let place = people.index(forKey: user), people.values[place].order == order
    else { return }
    people.values[place].url = url
    if url == nil { people.values[place].order = nil }
  }

  mutating func list(_ fields: inout StateFields) {
    fields.map("people", &people, blank: (.blank, Person())) {
      $2.text("user", &$0)
      $2.number("update", &$1.update)
      $2.text("open", &$1.open)
      $2.optional("tier", &$1.tier, blank: 0) { $1.number("tier", &$0) }
      $2.text("order", &$1.order)
      var until = $1.payUntil.microseconds
      $2.number("payUntil", &until)
      $1.payUntil = Instant(microseconds: until)
      $2.text("url", &$1.url)
    }
    fields.map("drafts", &drafts, blank: (.blank, Draft())) {
      $2.text("user", &$0)
      $2.group("form", &$1.form)
      $2.number("update", &$1.update)
      $2.flag("isProven", &$1.isProven)
      $2.flag("isSaving", &$1.isSaving)
    }
    var updates = open.sorted()
    fields.plain("open", &updates)
    if fields.isReading { open = Set(updates) }
    fields.map("pages", &pages, blank: (.blank, 0)) {
      $2.text("order", &$0)
      $2.number("update", &$1)
    }
    fields.fact("bot", &bot)
    var told = notices.sorted()
    fields.list("notices", &told, blank: "") { $1.text("notice", &$0) }
    if fields.isReading { notices = Set(told) }
    posts.list(&fields)
  }
}
