import Kernel
import PostgresLog
import Testing

@testable import Service

/// Settings of what lies outside, a bot and a database among it.
extension ConfigurationTests {
  @Test("does: a bot needs its token alone, which no text shows; without one there is none")
  func bot() throws {
    let token = "8123456789:AAHx_secret-of-the-bot"
    let with = try live().merging(["WEIR_TELEGRAM_BOT_TOKEN": token]) { $1 }
    let configuration = try load(.live, with).get()
    #expect(configuration.telegram.isOn)
    #expect(configuration.telegram.url == "https://api.telegram.org")
    #expect(configuration.secrets.contains { $0.reveal() == token })
    #expect(!"\(configuration)".contains("secret-of-the-bot"))
    #expect(try !load(.live, live()).get().telegram.isOn)
    #expect(try load(.sandbox, [:]).get().telegram.isOn == false)
    for wrong in ["short:1", "8123456789:AAHx/../secret-of-the-bot", "8123456789 AAHx-secret-bot"] {
      let variables = try live().merging(["WEIR_TELEGRAM_BOT_TOKEN": wrong]) { $1 }
      #expect(problems(.live, variables) == ["WEIR_TELEGRAM_BOT_TOKEN"], "\(wrong)")
    }
    #expect(
      problems(.sandbox, ["WEIR_TELEGRAM_URL": "https://api.telegram.org"]) == ["WEIR_TELEGRAM_URL"]
    )
  }

  @Test("does: a database's address is taken, and nothing of it is shown but where it leads")
  func store() throws {
    var variables = try live()
    #expect(try load(.live, variables).get().store == nil)
    variables["WEIR_STORE"] = "postgres://weir:hunter2-hunter2@db1,db2/weir"
    let configuration = try load(.live, variables).get()
    #expect(configuration.store?.description == "postgres://db1,db2/weir")
    #expect(configuration.secrets.contains { $0.matches("hunter2-hunter2") })
    #expect(configuration.settings.first { $0.name == .store }?.shown == "(secret)")
    for bad in ["mysql://db1/weir", "postgres://[db1/weir", "/var/lib/weir"] {
      variables["WEIR_STORE"] = bad
      #expect(problems(.live, variables) == ["WEIR_STORE"], "\(bad)")
    }
  }
}
