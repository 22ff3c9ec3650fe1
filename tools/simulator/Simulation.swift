import Glibc
import Kernel
import Log
import Sandbox
import Tables

/// One seed's life: the service's own machines over a simulated disk, process, clock and network,
/// with the providers' stand-ins outside, on one thread and in one course of time.
///
/// Nothing in it asks the machine it runs on for time, chance or order: the same seed and program
/// give the same digest in every process.
package final class Simulation: @unchecked Sendable {  // One thread runs it, nobody else has it.
  let plan: Plan
  let weakness: Weakness?
  /// Microseconds since 1970, true time; the service's clock may be elsewhere.
  private(set) var now: Int64
  private(set) var timeline = Timeline<Happening>()
  let executor = StepExecutor()
  var streams: Streams
  let standIns: StandIns
  let settings: ServiceSettings

  // The service.
  var disk = SimulatedDisk()
  /// The other one, where what was signed is witnessed.
  let witnessDisk: SimulatedDisk
  let signedWitness: SignedWitness
  /// The tables, and what they haven't taken in yet.
  var tables: TableStore?
  var behind: [Recorded] = []
  /// Older copies of the disk.
  var copies: [SimulatedDisk] = []
  /// Where the newest checkpoint ends.
  var checkpointAt: UInt64 = 0
  /// Where an older copy was put in its place.
  var restoring: Restoring?
  /// Its log takes in what it forgot.
  var adopting: Adopting?
  /// Nil while no process runs.
  var life: ServiceLife?
  var lives = 0
  /// Position of the newest snapshot.
  var snapshotAt: UInt64 = 0
  /// Until then the process stands still.
  var pausedUntil: Int64 = 0
  /// How far the service's clock is off.
  var skew: Int64 = 0
  /// How far a loop is behind that goes on where its log stopped.
  var clockBehind: Int64 = 0
  /// Where the process will end next.
  var doom: Doom?
  /// A process that was taken for dead; and whether there is to be one.
  var zombie: Zombie?
  var isZombieWanted = false
  var zombies = 0

  // The network.
  var calls: [Int: CallOnTheWay] = [:]
  var lastCall = 0
  /// Until when a provider is away.
  var away: [StandIns.API: Int64] = [:]
  /// Blocks that the second node lags behind.
  var lag = 0
  /// Until then the swap provider tells nothing of a swap.
  var swapsUnseenUntil: Int64 = 0
  /// Swaps that answers on their way say are over, by call.
  var swapsOver: [Int: String] = [:]
  var noticesOnTheWay: Set<Int> = []
  var noticesLookAt: Int64 = .max

  var people = People()
  /// False in the days after the plan's: the world heals, and everything must come to an end.
  var isTroubled = true
  var witness: Witness
  /// What the service said of trouble last; for whoever reads why a saga hangs.
  var words: [String] = []
  package private(set) var marks = Marks()
  private var digest = Digest()

  /// Chances of each part of the world, apart from each other.
  struct Streams {
    var network, process, disk, people, payers, swaps, chain: Dice

    init(seed: UInt64) {
      network = Dice(seed: seed, "network")
      process = Dice(seed: seed, "process")
      disk = Dice(seed: seed, "disk")
      people = Dice(seed: seed, "people")
      payers = Dice(seed: seed, "payers")
      swaps = Dice(seed: seed, "swaps")
      chain = Dice(seed: seed, "chain")
    }
  }

  package init(_ plan: Plan, weakness: Weakness? = nil) {
    self.plan = plan
    self.weakness = weakness
    now = plan.start.microseconds
    streams = Streams(seed: plan.seed)
    settings = ServiceSettings(plan)
    witness = Witness(wallet: settings.wallet)
    witnessDisk = SimulatedDisk()
    signedWitness = SignedWitness(
      path: SignedWitness.path(beside: Self.witnessPath), disk: witnessDisk)
    let clock = WorldClock()
    clock.now = plan.start.microseconds
    worldClock = clock
    do throws(SandboxError) {
      standIns = try StandIns(settings.sandbox(plan)) { Int(clock.now / 1000) }
    } catch { preconditionFailure("the stand-ins: \(error)") }
  }

  private let worldClock: WorldClock

  // MARK: Running

  /// Lives the seed's days, and two more without faults, and judges what came of them.
  package func run() -> Outcome {
    let began = Self.cpuTime
    begin()
    let end = now + Int64(plan.days) * Instant.perDay
    let troubled = live(until: end)
    if troubled {
      heal()
      if live(until: end + Int64(Self.healingDays) * Instant.perDay) { judge() }
    }
    var outcome = outcome()
    outcome.cpuMicroseconds = Self.cpuTime - began
    return outcome
  }

  /// Days without faults behind the plan's.
  static let healingDays = 2

  /// Microseconds of this process.
  private static var cpuTime: Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
  }

  /// Goes on until `end`; false where the witness has seen what must not be.
  private func live(until end: Int64) -> Bool {
    while let next = timeline.next, next <= end {
      guard let (at, happening) = timeline.take() else { break }
      move(to: max(now, at))
      note(happening)
      happen(happening)
      executor.drain()
      guard witness.violation == nil else { return false }
    }
    move(to: max(now, end))
    return witness.violation == nil
  }

  private func move(to time: Int64) {
    now = time
    worldClock.now = time
  }

  func schedule(_ happening: Happening, in delay: Int64) {
    timeline.add(happening, at: now + delay)
  }

  func schedule(_ happening: Happening, at time: Int64) {
    timeline.add(happening, at: max(now, time))
  }

  private func happen(_ happening: Happening) {
    switch happening {
    case .start: start()
    case .turn(let number): turn(number)
    case .commit(let number): commit(number)
    case .claim(let number): claimWallet(number)
    case .arrival(let parcel): arrive(parcel)
    case .answer(let call, let result): answer(call, result)
    case .notices: lookForNotices()
    case .delivery(let notice): deliver(notice)
    case .noted(let notice, let answer): note(notice, answer)
    case .errand(let errand): run(errand)
    case .trouble(let fault): trouble(fault)
    case .relief(let relief): relieve(relief)
    case .zombie: wakeZombie()
    }
  }

  func mark(_ name: String) { marks.add(name) }

  func mark(cell: String) { marks.add(cell: cell) }

  private func note(_ happening: Happening) {
    digest.take(UInt64(bitPattern: now))
    digest.take(happening.kind)
  }

  func note(_ bytes: [UInt8]) { digest.take(bytes) }

  private func outcome() -> Outcome {
    var outcome = Outcome(seed: plan.seed, days: plan.days, faults: plan.faults)
    outcome.violation = witness.violation
    outcome.events = witness.head
    outcome.payouts = witness.confirmedCount
    outcome.lives = lives
    outcome.calls = lastCall
    outcome.marks = marks
    outcome.digest = digest.text
    return outcome
  }
}

/// The true time, as the stand-ins read it.
final class WorldClock: @unchecked Sendable {  // Read and set on the simulation's thread.
  var now: Int64 = 0
}

/// What happens at a point of time.
enum Happening {
  /// The process is started.
  case start
  /// The service looks at its queue, its clock and its calls.
  case turn(life: Int)
  /// The group on its way reaches the disk.
  case commit(life: Int)
  case claim(life: Int)
  /// A request reaches its provider.
  case arrival(Parcel)
  /// Its answer reaches the service, or the news that there is none.
  case answer(call: Int, CallResult)
  /// The payment provider looks for notices to send.
  case notices
  case delivery(StandIns.NoticeTry)
  /// The payment provider learns what became of a notice.
  case noted(notice: Int, answer: String)
  case errand(Errand)
  case trouble(Fault)
  case relief(Relief)
  /// A process that was taken for dead goes on.
  case zombie

  /// For the digest.
  fileprivate var kind: UInt64 {
    switch self {
    case .start: 1
    case .turn: 2
    case .commit: 3
    case .claim: 4
    case .arrival: 5
    case .answer: 6
    case .notices: 7
    case .delivery: 8
    case .noted: 9
    case .errand: 10
    case .trouble: 11
    case .relief: 12
    case .zombie: 13
    }
  }
}
