import Engine
import Foundation
import Kernel
import Log
import Support
import Testing

@testable import Sandbox
@testable import Service

@Suite struct ChatWorldTests {
  private static let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil
  private static var link: String { "/start " + DeepLink(AccessWorld.open, .tier(1)).payload }

  @Test("does: from the link to the channel over kills and lost answers, one order a subscriber")
  func story() async throws {
    let kills = Self.isLong ? 200 : 20
    let users = Array(1...(Self.isLong ? 80 : 8))
    let world = try AccessWorld(seed: 11)
    world.lossOneIn = 4
    world.killsInThousand = Self.isLong ? 450 : 400
    for user in users { world.say(user, Self.link) }
    try await world.run(until: AccessWorld.start.adding(seconds: 900))
    for user in users { #expect(world.press(user, "Launch Payment Gateway"), "\(user)") }
    try await world.run(until: AccessWorld.start.adding(seconds: 1_800))
    // Whoever is impatient presses what he still sees, and gets the same page.
    for user in users where user % 2 == 0 { world.say(user, "/start_np_gateway_new") }
    try await world.run(until: AccessWorld.start.adding(seconds: 3_000))
    let orders = try world.facts("order.placed.v1").map {
      guard case .order(.placed(let placed)) = $0 else { throw CancellationError() }
      return placed
    }
    #expect(orders.map { Int($0.user.value)! }.sorted() == users)
    for (place, order) in orders.enumerated() {
      let user = Int(order.user.value)!
      #expect(order.price == Money("25", .usd)!)
      let pages = world.messages.filter { $0.user == user && "\($0.buttons)".contains("web_app") }
      #expect(!pages.isEmpty, "\(user)")
      #expect(pages.allSatisfy { $0.text.contains("&lt;b&gt;Signals &amp; more&lt;/i&gt;") })
      world.pay(order, place + 1)
      world.pay(order, place + 1)
    }
    try await world.run(until: AccessWorld.start.adding(seconds: 4_000))
    for user in users {
      let link = try #require(world.links(told: user).last, "\(user)")
      #expect(world.person(user, "join", link: link), "\(user)")
    }
    #expect(world.members == Set(users))
    #expect(try world.facts("order.granted.v1").count == users.count)
    #expect(try world.facts("invite.delivered.v1").count == users.count)
    // Every pressing was answered, and every update is a fact once.
    let heard = try world.facts("chat.heard.v1").count
    #expect(heard == users.count * 2 + users.count { $0 % 2 == 0 })
    #expect(world.unanswered == 0)
    // Who has paid may also come by a request; a stranger may not.
    #expect(world.person(users[0], "leave") && world.ask(users[0]) && world.ask(999))
    try await world.run(until: AccessWorld.start.adding(seconds: 5_000))
    #expect(world.members == Set(users))
    // Reminded once, removed at the end, and the offer stands once, a new one each day.
    try await world.run(until: AccessWorld.start.adding(days: 32))
    #expect(world.members.isEmpty)
    let reminded = world.messages.filter { $0.text.contains("runs out on") }
    #expect(Set(reminded.map(\.user)) == Set(users))
    #expect(try world.facts("chat.notice_delivered.v1").count == users.count)
    let posts = world.messages.filter { $0.user < 0 && $0.text.contains("Choose your access") }
    #expect(posts.count >= 31 && posts.last?.isDeleted == false)
    #expect(world.kills >= kills, "\(world.kills)")
  }

  /// What people may say and press, sense and nonsense.
  private static let words: [(text: String, isPress: Bool)] = {
    let open = AccessWorld.open
    let said = [
      "/start", link, "/start LTEwMDEwMDAwMDAwMDE_25_30", "/start LTEwMDEwMDAwMDAwMDE_0d01_999",
      "/start x_y_z", "/start_np_gateway_new", "/cancel", "/why", "<b>&hello</b>", "", "/",
      "/start@b",
    ]
    let keys = ["1", "9", "0", ".", "backspace", "clear", "confirm", "cancel", "noop", "x"]
    let pressed =
      ["CMD_GATEWAY", "TRIGGER_PAYMENT", "TRIGGER_PAYMENT|\(open)|1", "CHOOSE|\(open)|1"]
      + ["TRIGGER_PAYMENT|\(open)|7", "donate_start_\(open)", "NO|SUCH|ONE", "|||", "CMD_WHY"]
      + keys.map { "donate|\(open)|12.5|\($0)" }
    return said.map { ($0, false) } + pressed.map { ($0, true) }
  }()

  /// Takes updates in, and gives what is known of each person then, in one text.
  private func digest(_ updates: [ChatUpdate]) throws -> String {
    let world = try AccessWorld(seed: 1)
    for update in updates { #expect(world.hear(update)) }
    var byUser: [String: [String]] = [:]
    for stored in try world.store.read(after: 0, limit: 1_000_000) {
      let event = try stored.event()
      switch event {
      case .chat(.heard(let e)):
        byUser[e.user.value, default: []].append("\(e.update) \(e.screen) \(e.order?.text ?? "")")
      case .order(.placed(let e)): byUser[e.user.value, default: []].append("\(e)")
      case _: break
      }
    }
    let text = byUser.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    return "\(SHA256.digest(of: Array("\(text)".utf8)))"
  }

  @Test("does: updates shuffled among people, with duplicates, leave the same digest")
  func shuffled() throws {
    var random = SplitMix(state: 5)
    let count = Self.isLong ? 10_000 : 300
    let updates = (1...count).map { number in
      let word = Self.words[Int(random.next() % UInt64(Self.words.count))]
      return ChatUpdate(
        number: number, user: UserID(text: "\(1 + random.next() % 25)")!, text: word.text,
        query: word.isPress ? "q\(number)" : nil, message: word.isPress ? 3 : nil,
        isPrivate: random.next() % 9 > 0)
    }
    let plain = try digest(updates)
    for _ in 0..<2 {
      // Telegram keeps the order of each chat, and of nothing else; any update may come again.
      var rest = Dictionary(grouping: updates) { $0.user }
      var (taken, mixed): ([ChatUpdate], [ChatUpdate]) = ([], [])
      while taken.count < count {
        let users = rest.keys.sorted()
        let user = users[Int(random.next() % UInt64(users.count))]
        var own = rest[user] ?? []
        let next = own.removeFirst()
        rest[user] = own.isEmpty ? nil : own
        taken.append(next)
        mixed.append(next)
        if random.next() % 2 == 0 { mixed.append(taken[Int(random.next() % UInt64(taken.count))]) }
      }
      #expect(mixed.count > count)
      #expect(try digest(mixed) == plain)
    }
  }
}
