import Kernel

/// Where both sagas of every split stand: three bytes a split, as none is ever forgotten.
struct SplitStates: Sendable {
  private var splits: [UInt8] = []
  private var hostpays: [UInt16] = []

  subscript(number: Int) -> SplitSaga.State {
    get { number <= splits.count ? SplitSaga.State(rawValue: splits[number - 1]) ?? .held : .idle }
    set {
      makeRoom(number)
      splits[number - 1] = newValue.rawValue
    }
  }

  subscript(hostpay number: Int) -> HostpaySaga.State {
    get { number <= splits.count ? HostpaySaga.State(code: hostpays[number - 1]) : .idle }
    set {
      makeRoom(number)
      hostpays[number - 1] = newValue.code
    }
  }

  private mutating func makeRoom(_ number: Int) {
    while splits.count < number {
      splits.append(SplitSaga.State.idle.rawValue)
      hostpays.append(HostpaySaga.State.idle.code)
    }
  }

  mutating func list(_ fields: inout StateFields) {
    fields.plain("splits", &splits)
    fields.plain("hostpays", &hostpays)
    if splits.count != hostpays.count { fields.refuse() }
  }
}

extension HostpaySaga.State {
  /// Two bits of what, the rest which attempt.
  fileprivate var code: UInt16 {
    switch self {
    case .idle: 0
    case .paying: 4
    case .done: 8
    case .held: 12
    case .ready(let attempt): 1 | UInt16(attempt) << 2
    case .checking(let attempt): 2 | UInt16(attempt) << 2
    }
  }

  fileprivate init(code: UInt16) {
    let attempt = Int(code >> 2)
    switch code & 3 {
    case 1: self = .ready(attempt: attempt)
    case 2: self = .checking(attempt: attempt)
    case _:
      switch attempt {
      case 0: self = .idle
      case 1: self = .paying
      case 2: self = .done
      case _: self = .held
      }
    }
  }
}
