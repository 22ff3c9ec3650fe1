import JSON
import Kernel
import Testing

@Suite struct StatusTests {
  @Test("does: knows every published status of a payment")
  func statuses() throws {
    let file = try JSONValue.parse(Vectors.bytes("provider_states"))
    let listed = try #require(file["nowpayments_payment"]?["statuses"]?.items)
    let published = Set(listed.compactMap { $0["s"]?.text })
    #expect(published == Set(ProviderStatus.allCases.map(\.rawValue)))
  }
}
