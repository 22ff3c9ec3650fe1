import Kernel
import Testing

@testable import Log

@Suite struct CheckpointScheduleTests {
  @Test("does: the first change is signed at once, the next 10 s later, none while nothing changed")
  func paces() {
    var schedule = CheckpointSchedule(signed: 0)
    #expect(schedule.step(.time, at: instant(0)) == [])
    #expect(schedule.wakeAt(instant(0)) == nil)
    #expect(schedule.step(.committed(3), at: instant(1)) == [.sign])
    #expect(schedule.step(.signed(3), at: instant(1)) == [])
    #expect(schedule.wakeAt(instant(1)) == nil)
    #expect(schedule.step(.committed(4), at: instant(2)) == [])
    #expect(schedule.wakeAt(instant(2)) == instant(11))
    #expect(schedule.step(.committed(9), at: instant(10)) == [])
    #expect(schedule.step(.time, at: instant(11)) == [.sign])
    #expect(schedule.step(.signed(9), at: instant(11)) == [])
    #expect(schedule.step(.time, at: instant(60)) == [])
  }

  @Test("does: a failure is tried again 10 s later, the end signs what is left, once")
  func fails() {
    var schedule = CheckpointSchedule(signed: 5)
    #expect(schedule.step(.ending, at: instant(0)) == [])
    #expect(schedule.step(.committed(6), at: instant(0)) == [.sign])
    #expect(schedule.step(.failed, at: instant(0)) == [])
    #expect(schedule.step(.time, at: instant(9)) == [])
    #expect(schedule.step(.ending, at: instant(9)) == [.sign])
    #expect(schedule.step(.time, at: instant(10)) == [.sign])
    #expect(schedule.step(.signed(6), at: instant(10)) == [])
    #expect(schedule.step(.ending, at: instant(10)) == [])
  }

  @Test("does: a clock that was set back silences nobody")
  func clockSetBack() {
    var schedule = CheckpointSchedule(signed: 0)
    #expect(schedule.step(.committed(1), at: instant(1_000)) == [.sign])
    #expect(schedule.step(.signed(1), at: instant(1_000)) == [])
    #expect(schedule.step(.committed(2), at: instant(3)) == [.sign])
  }
}
