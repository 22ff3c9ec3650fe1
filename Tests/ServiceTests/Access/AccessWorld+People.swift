import JSON
import Testing

@testable import Sandbox

// What people do at Telegram, and what they see there.
extension AccessWorld {
  @discardableResult
  func person(_ user: Int, _ what: String, link: String? = nil) -> Bool {
    guard what != "leave" else {
      return standIns.change(
        .person,
        .object(["user": .integer(user), "do": .string(what), "chat": .integer(Self.closed)])
      ).isTaken
    }
    return act(user, what, "link", link)
  }

  /// Asks to be let into the paid channel.
  func ask(_ user: Int) -> Bool {
    standIns.change(
      .person,
      .object([
        "user": .integer(user), "do": .string("ask"), "chat": .integer(Self.closed),
      ])
    ).isTaken
  }

  /// Says something to the bot, or presses the newest button with a label.
  func say(_ user: Int, _ text: String) { act(user, "say", "text", text) }
  @discardableResult
  func press(_ user: Int, _ label: String) -> Bool { act(user, "press", "label", label) }

  @discardableResult
  private func act(_ user: Int, _ what: String, _ name: String, _ value: String?) -> Bool {
    standIns.change(
      .person,
      .object([
        JSONMember("user", .integer(user)), JSONMember("do", .string(what)),
        JSONMember(name, value.map { .string($0) } ?? .null),
      ])
    ).isTaken
  }

  /// Makes somebody an administrator of a channel, or no more.
  func promote(_ user: Int, in chat: Int) -> Bool { rank(user, "promote", chat) }
  func demote(_ user: Int, in chat: Int) -> Bool { rank(user, "demote", chat) }

  private func rank(_ user: Int, _ what: String, _ chat: Int) -> Bool {
    standIns.change(
      .person,
      .object(["user": .integer(user), "do": .string(what), "chat": .integer(chat)])
    ).isTaken
  }

  /// Gives the bot its rights in the paid channel, or takes them.
  func setRights(_ rights: Bool) {
    #expect(
      standIns.change(
        .person, .object(["chat": .integer(Self.closed), "rights": .bool(rights)])
      ).isTaken)
  }

  /// Presses a button that nobody showed him.
  func press(_ user: Int, data: String) -> Bool { act(user, "press", "data", data) }

  /// Pressings that nobody has answered.
  var unanswered: Int {
    standIns.core.read { $0.chats.inbox.queries.values.count { $0.answer == nil } }
  }

  var messages: [Chats.Message] { standIns.core.read { $0.chats.messages } }
  var links: [(text: String, link: Chats.Link)] { standIns.core.read { $0.chats.links } }
  var members: Set<Int> {
    Set(standIns.core.read { $0.chats.members[Self.closed]?.keys.map { $0 } } ?? [])
  }

  /// Links that somebody was told, in order.
  func links(told user: Int) -> [String] {
    messages.filter { $0.user == user }.compactMap { message in
      message.text.split(separator: "\n").first { $0.hasPrefix("https://") }.map(String.init)
    }
  }
}
