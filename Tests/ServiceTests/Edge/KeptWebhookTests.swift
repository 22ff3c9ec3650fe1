import Foundation
import Gateways
import HTTP
import JSON
import Kernel
import Support
import Testing

@testable import Service

@Suite struct KeptWebhookTests {
  private func configuration(
    _ secret: String, _ more: [String: String] = [:]
  ) throws -> Configuration {
    try Configuration.load(
      .sandbox, data: ScratchFolder().path, listen: HTTPAddress(host: "127.0.0.1", port: 0),
      file: nil,
      variables: [
        "WEIR_NOWPAYMENTS_IPN_SECRET": secret,
        "WEIR_TELEGRAM_BOT_TOKEN": "12:a-token-of-the-tests-0123",
        "WEIR_TELEGRAM_WEBHOOK_SECRET": "a-webhook-secret-of-the-tests",
      ].merging(more) { $1 })
  }

  private func webhook(_ kind: KeptWebhook.Kind) -> KeptWebhook {
    KeptWebhook(
      kind: kind, at: EdgeWorld.now, from: "127.0.0.9", body: Array(#"{"a":"ü"}"#.utf8),
      signature: kind == .nowPayments ? "00ff" : nil)
  }

  @Test("does: opens what was sealed with the same secret", arguments: [true, false])
  func opens(_ isNotice: Bool) throws {
    let configuration = try configuration("an-ipn-secret-of-the-tests-1")
    let kept = webhook(isNotice ? .nowPayments : .telegram)
    let sealed = try #require(kept.sealed(configuration))
    #expect(try #require(kept.sealed(configuration)) != sealed)
    #expect(KeptWebhook(kept.kind, at: kept.at, sealed: sealed, configuration) == kept)
    let header = kept.request(configuration).headers
    #expect(header.only("x-nowpayments-sig") == (isNotice ? "00ff" : nil))
    #expect(
      header.only("x-telegram-bot-api-secret-token")
        == (isNotice ? nil : "a-webhook-secret-of-the-tests"))
  }

  @Test("does: opens what was sealed with the secret before, and puts it in with today's")
  func changed() throws {
    let before = try configuration("an-ipn-secret-of-the-tests-1")
    let after = try configuration(
      "an-ipn-secret-of-the-tests-2",
      [
        "WEIR_NOWPAYMENTS_IPN_SECRET_PREVIOUS": "an-ipn-secret-of-the-tests-1",
        "WEIR_TELEGRAM_WEBHOOK_SECRET": "another-secret-of-the-tests",
        "WEIR_TELEGRAM_WEBHOOK_SECRET_PREVIOUS": "a-webhook-secret-of-the-tests",
      ])
    for kind in [KeptWebhook.Kind.nowPayments, .telegram] {
      let kept = webhook(kind)
      let sealed = try #require(kept.sealed(before))
      #expect(KeptWebhook(kind, at: kept.at, sealed: sealed, after) == kept)
      let renewed = try #require(kept.sealed(after))
      #expect(KeptWebhook(kind, at: kept.at, sealed: renewed, before) == nil)
    }
    #expect(
      webhook(.telegram).request(after).headers.only("x-telegram-bot-api-secret-token")
        == "another-secret-of-the-tests")
  }

  @Test("refuses: another secret's, another kind's, and anything that was altered")
  func refuses() throws {
    let configuration = try configuration("an-ipn-secret-of-the-tests-1")
    let kept = webhook(.nowPayments)
    let sealed = try #require(kept.sealed(configuration))
    func opens(_ bytes: [UInt8], _ kind: KeptWebhook.Kind, _ with: Configuration) -> Bool {
      KeptWebhook(kind, at: kept.at, sealed: bytes, with) != nil
    }
    #expect(opens(sealed, .nowPayments, configuration))
    #expect(!opens(sealed, .telegram, configuration))
    #expect(!opens(sealed, .nowPayments, try self.configuration("an-ipn-secret-of-the-tests-2")))
    for place in sealed.indices {
      var altered = sealed
      altered[place] ^= 1
      #expect(!opens(altered, .nowPayments, configuration), "byte \(place)")
    }
    for count in [0, 1, 27, 28, sealed.count - 1] {
      #expect(!opens(Array(sealed.prefix(count)), .nowPayments, configuration))
    }
  }

  @Test("does: a private key that somebody pasted is nowhere in what is kept; other words are")
  func keys() throws {
    func kept(_ text: String) throws -> TelegramUpdate {
      let body = Array(
        (#"{"update_id":7,"message":{"text":"\#(text)","from":{"id":5,"first_name":"A"},"#
          + #""chat":{"id":5,"type":"private"}}}"#).utf8)
      let update = try #require(TelegramUpdate(try JSONValue.parse(body)))
      let bytes = try #require(BotIntake.kept(update, body))
      if text != "/start" {
        #expect(!String(decoding: bytes, as: UTF8.self).contains(text))
      }
      return try #require(TelegramUpdate(try JSONValue.parse(bytes)))
    }
    #expect(try kept("/start").said?.text == "/start")
    let key = String(repeating: "4c", count: 32)
    #expect(try kept(key).said == ChatUpdate(number: 7, user: UserID(text: "5")!, text: ""))
  }
}
