import Testing

@Suite struct HouseTests {
  @Test("does: something ran") func runs() {}
}
