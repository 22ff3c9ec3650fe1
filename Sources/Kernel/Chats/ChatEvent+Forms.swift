// The chats' facts, handed to whoever asks, named and placed; one line a fact.

extension ChatEvent {
  static let forms: [FactForm] = [
    FactForm(SwitchedOn.self) { .chat(.switchedOn($0)) },
    FactForm(SwitchedOff.self) { .chat(.switchedOff($0)) },
    FactForm(Heard.self) { .chat(.heard($0)) },
    FactForm(Answered.self) { .chat(.answered($0)) },
    FactForm(Failed.self) { .chat(.failed($0)) },
    FactForm(NoticeRequested.self) { .chat(.noticeRequested($0)) },
    FactForm(NoticeDelivered.self) { .chat(.noticeDelivered($0)) },
    FactForm(NoticeFailed.self) { .chat(.noticeFailed($0)) },
    FactForm(PostRequested.self) { .chat(.postRequested($0)) },
    FactForm(Posted.self) { .chat(.posted($0)) },
    FactForm(PostFailed.self) { .chat(.postFailed($0)) },
    FactForm(FormProven.self) { .chat(.formProven($0)) },
    FactForm(FormEnded.self) { .chat(.formEnded($0)) },
  ]

  var fact: any Fact {
    switch self {
    case .switchedOn(let fact): fact
    case .switchedOff(let fact): fact
    case .heard(let fact): fact
    case .answered(let fact): fact
    case .failed(let fact): fact
    case .noticeRequested(let fact): fact
    case .noticeDelivered(let fact): fact
    case .noticeFailed(let fact): fact
    case .postRequested(let fact): fact
    case .posted(let fact): fact
    case .postFailed(let fact): fact
    case .formProven(let fact): fact
    case .formEnded(let fact): fact
    }
  }

  var name: String {
    switch self {
    case .switchedOn: SwitchedOn.name
    case .switchedOff: SwitchedOff.name
    case .heard: Heard.name
    case .answered: Answered.name
    case .failed: Failed.name
    case .noticeRequested: NoticeRequested.name
    case .noticeDelivered: NoticeDelivered.name
    case .noticeFailed: NoticeFailed.name
    case .postRequested: PostRequested.name
    case .posted: Posted.name
    case .postFailed: PostFailed.name
    case .formProven: FormProven.name
    case .formEnded: FormEnded.name
    }
  }

  /// What a person would want to know beside the name.
  var remark: String? {
    switch self {
    case .switchedOn(let e): "bot \(e.bot)"
    case .switchedOff(let e): "bot \(e.bot)"
    case .heard(let e): e.screen.kind.text
    case .answered: nil
    case .failed(let e): e.reason
    case .noticeRequested(let e): e.kind.text
    case .noticeDelivered: nil
    case .noticeFailed(let e): e.reason
    case .postRequested(let e): "in \(e.chat)"
    case .posted: nil
    case .postFailed(let e): e.reason
    case .formProven(let e): "of \(e.open)"
    case .formEnded(let e): e.reason.text
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .switchedOn(let fact): writer.write(fact)
    case .switchedOff(let fact): writer.write(fact)
    case .heard(let fact): writer.write(fact)
    case .answered(let fact): writer.write(fact)
    case .failed(let fact): writer.write(fact)
    case .noticeRequested(let fact): writer.write(fact)
    case .noticeDelivered(let fact): writer.write(fact)
    case .noticeFailed(let fact): writer.write(fact)
    case .postRequested(let fact): writer.write(fact)
    case .posted(let fact): writer.write(fact)
    case .postFailed(let fact): writer.write(fact)
    case .formProven(let fact): writer.write(fact)
    case .formEnded(let fact): writer.write(fact)
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .switchedOn(var fact):
      fact.list(&fields)
      self = .switchedOn(fact)
    case .switchedOff(var fact):
      fact.list(&fields)
      self = .switchedOff(fact)
    case .heard(var fact):
      fact.list(&fields)
      self = .heard(fact)
    case .answered(var fact):
      fact.list(&fields)
      self = .answered(fact)
    case .failed(var fact):
      fact.list(&fields)
      self = .failed(fact)
    case .noticeRequested(var fact):
      fact.list(&fields)
      self = .noticeRequested(fact)
    case .noticeDelivered(var fact):
      fact.list(&fields)
      self = .noticeDelivered(fact)
    case .noticeFailed(var fact):
      fact.list(&fields)
      self = .noticeFailed(fact)
    case .postRequested(var fact):
      fact.list(&fields)
      self = .postRequested(fact)
    case .posted(var fact):
      fact.list(&fields)
      self = .posted(fact)
    case .postFailed(var fact):
      fact.list(&fields)
      self = .postFailed(fact)
    case .formProven(var fact):
      fact.list(&fields)
      self = .formProven(fact)
    case .formEnded(var fact):
      fact.list(&fields)
      self = .formEnded(fact)
    }
  }

  func tell(_ place: inout PlaceText) {
    func put(_ update: Int, _ order: OrderID?) {
      place.stream("chat", String(update))
      place.order(order)
    }
    switch self {
    case .switchedOn, .switchedOff: place.stream("chat", "bot")
    case .heard(let e): put(e.update, e.order)
    case .answered(let e): put(e.update, e.order)
    case .failed(let e): put(e.update, e.order)
    case .noticeRequested(let e): place.stream("chat", e.notice)
    case .noticeDelivered(let e): place.stream("chat", e.notice)
    case .noticeFailed(let e): place.stream("chat", e.notice)
    case .postRequested(let e): place.stream("chat", "post\(e.open)-\(e.place.text)")
    case .posted(let e): place.stream("chat", "post\(e.open)-\(e.place.text)")
    case .postFailed(let e): place.stream("chat", "post\(e.open)-\(e.place.text)")
    case .formProven(let e): put(e.update, nil)
    case .formEnded(let e): put(e.update, nil)
    }
  }
}
