import Testing

@testable import Kernel

@Suite struct FactFormsTests {
  @Test("does: a set of names holds the facts it was made of and no other")
  func facts() throws {
    let forms = FactForms(PaymentEvent.Finished.self, WalletEvent.Claimed.self)
    let found = FactForm.all.filter(forms.contains).map(\.name)
    #expect(found == ["payment.finished.v1", "wallet.claimed.v1"])
    #expect(FactForm.all.allSatisfy { FactForms.all.contains($0) && !FactForms.none.contains($0) })
    #expect(FactForms.none.isEmpty && !forms.isEmpty)
  }

  @Test("does: families are the names of all their facts, and every name is of one")
  func families() {
    let families: EventFamilies = [.payment, .batch]
    let forms = FactForms(families)
    #expect(FactForm.all.allSatisfy { forms.contains($0) == families.contains($0.family) })
    #expect(FactForms(.payment).union(FactForms(.batch)) == forms)
    #expect(Set(FactForm.all.map(\.bit)).count == FactForm.all.count)
  }

  @Test("does: a projection asks for its families where it says no more")
  func projections() {
    #expect(Counting.forms == FactForms([.order, .wallet]))
  }
}

private enum Counting: PlainProjection {
  typealias Row = NoNote
  typealias Note = NoNote
  static let table = Table("counting", sql: [])
  static let families: EventFamilies = [.order, .wallet]
  static func apply(_ recorded: Recorded, to rows: inout Rows<NoNote>) {}
}
