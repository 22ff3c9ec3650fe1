import Kernel
import Testing

@testable import Sandbox
@testable import Service

@Suite struct FormWorldTests {
  private static let open = -1_001_000_000_777
  private static let closed = -1_002_000_000_777
  private static let wallet = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"

  private func told(_ world: AccessWorld, _ user: Int) -> String {
    world.messages.last { $0.user == user && !$0.isDeleted }?.text ?? ""
  }

  private func texts(_ world: AccessWorld, _ user: Int) -> String {
    world.messages.filter { $0.user == user }.map(\.text).joined(separator: "\n")
  }

  private func live(_ world: AccessWorld, _ seconds: Int64 = 61) async throws {
    try await world.run(until: world.now.adding(seconds: seconds))
  }

  /// Says and presses one after the other; labels in brackets are pressed.
  private func go(_ world: AccessWorld, _ user: Int, _ steps: [String]) async throws {
    for step in steps {
      guard step.hasPrefix("[") else {
        world.say(user, step)
        try await live(world)
        continue
      }
      // Over lost answers a button comes late.
      var isPressed = false
      for _ in 0..<20 where !isPressed {
        isPressed = world.press(user, String(step.dropFirst().dropLast()))
        try await live(world)
      }
      #expect(isPressed, "\(step)")
    }
  }

  private static let registering = [
    "/start", "[DATABASE]", "\(open)", "[Register it]", "[Open channel]", "[Title]",
    "<b>North & co</b>", "[Description]", "Offers", "[Back]", "[Paid channel]", "[Channel id]",
    "\(closed)", "[Title]", "Signals", "[Description]", "Every morning", "[Back]",
    "[Payment tiers]", "[🥇 ❌ Enable]", "25.00", "30", "[Edit tier 2]", "50", "90",
    "[🥈 ✅ Disable]", "[Back]", "[Wallet]", "[Address]", wallet, "[Coin]", "eth", "[Network]",
    "eth", "[Back]", "[Save all]",
  ]

  @Test("does: an owner registers through the form, over kills and lost answers, and edits it")
  func story() async throws {
    let world = try AccessWorld(seed: 3)
    world.lossOneIn = 8
    world.killsInThousand = 50
    for chat in [Self.open, Self.closed] { #expect(world.promote(7, in: chat)) }
    try await go(world, 7, Self.registering)
    try await live(world, 600)
    let id = try #require(OpenChannelID(text: "\(Self.open)"))
    let channel = try #require(world.channel(id), "\(told(world, 7))")
    #expect(channel.offer.open.title == "<b>North & co</b>")
    #expect(channel.tiers == [Tier(price: Money("25", .usd)!, days: 30)])
    #expect(channel.payout.wallet == Self.wallet && channel.payout.strategy == .instant)
    #expect(channel.offer.notify?.value == "7" && channel.held == nil)
    #expect(texts(world, 7).contains("All is saved."), "\(texts(world, 7))")
    #expect(texts(world, 7).contains("&lt;b&gt;North &amp; co&lt;/b&gt;"))
    let other = "0x52908400098527886E0F7030069857D2E4169EE7"
    try await go(
      world, 7,
      ["/database", "\(Self.open)", "[Wallet]", "[Address]", other, "[Back]", "[Save all]"])
    try await live(world, 600)
    let edited = try #require(world.channel(id))
    #expect(edited.payout.wallet == Self.wallet && edited.held?.wallet == other)
    #expect(texts(world, 7).contains("another wallet counts in 48 hours"))
    (world.lossOneIn, world.killsInThousand) = (0, 0)
    try await live(world, 49 * 3_600)
    #expect(world.channel(id)?.payout.wallet == other)
    #expect(world.kills > 2, "\(world.kills)")
    let data = world.messages.flatMap { "\($0.buttons)".split(separator: "\"") }
    #expect(data.filter { $0.hasPrefix("DB|") }.allSatisfy { $0.utf8.count <= 64 })
  }

  @Test("refuses: a stranger's look at a channel's form, and whatever buttons he makes up")
  func strangers() async throws {
    let world = try AccessWorld(seed: 4)
    let id = AccessWorld.open
    #expect(world.promote(7, in: Int(id.text)!))
    try await go(world, 7, ["/start", "[DATABASE]", id.text])
    #expect(told(world, 7).contains("Channel \(id)"), "\(told(world, 7))")
    try await go(world, 8, ["/start", "[DATABASE]", id.text])
    #expect(told(world, 8).contains("no administrator"), "\(told(world, 8))")
    for button in FormButton.allCases {
      #expect(world.press(8, data: button.data(id)))
      try await live(world)
      world.say(8, "Stolen")
      try await live(world)
    }
    #expect(!texts(world, 8).contains("Signals"), "nothing of the channel is shown")
    #expect(world.channel(id)?.version == 1)
    // Who was one and is none any more saves nothing.
    try await go(world, 7, ["[Open channel]", "[Title]", "Renamed", "[Back]"])
    #expect(world.demote(7, in: Int(id.text)!))
    try await go(world, 7, ["[Save all]"])
    #expect(told(world, 7).contains("no administrator"), "\(told(world, 7))")
    #expect(world.channel(id)?.version == 1 && world.unanswered == 0)
  }

  @Test("refuses: what no registration may have, in its words; a private key goes nowhere")
  func rules() async throws {
    let world = try AccessWorld(seed: 5)
    let id = AccessWorld.open
    #expect(world.promote(7, in: Int(id.text)!))
    let key = String(repeating: "5e", count: 32)
    try await go(
      world, 7,
      [
        "/start", "[DATABASE]", id.text, "[Wallet]", "[Address]", key, "0x1234567890", "[Coin]",
        "ETH", "[Network]", "ETH", "[Back]", "[Save all]",
      ])
    #expect(told(world, 7).contains("client_wallet_address is no address"), "\(told(world, 7))")
    #expect(try !world.log().contains(key))
    #expect(world.channel(id)?.version == 1)
    // The draft is still there; cancelled it is gone.
    try await go(world, 7, ["[Cancel]", "/database"])
    #expect(told(world, 7).contains("Which channel?"))
    #expect(world.channel(id)?.version == 1)
  }
}
