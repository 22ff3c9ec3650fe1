import Kernel

/// The jobs that facts have opened and not closed, as a start finds them: many come and go.
struct OwedJobs<Job: Work> {
  /// Where each key's job is; the keys' table has nothing of the jobs, so that it is quick.
  private var places: [Subject: Int] = [:]
  private var jobs: [EffectRunner<Job>.Owed?] = []
  private var free: [Int] = []

  init(_ jobs: [EffectRunner<Job>.Owed]) {
    for owed in jobs { open(owed) }
  }

  mutating func open(_ owed: EffectRunner<Job>.Owed) {
    let key = owed.kept.key
    close(key)
    if let place = free.popLast() {
      jobs[place] = owed
      places[key] = place
    } else {
      places[key] = jobs.count
      jobs.append(owed)
    }
  }

  mutating func close(_ key: Subject) {
    guard let place = places.removeValue(forKey: key) else { return }
    jobs[place] = nil
    free.append(place)
  }

  /// Shows them in the order in which the log made them owed.
  func each(_ body: (EffectRunner<Job>.Owed) -> Void) {
    let order = places.compactMap { key, place in
      jobs[place].map { (intent: $0.intent, key: key, place: place) }
    }.sorted { ($0.intent, $0.key) < ($1.intent, $1.key) }
    for entry in order { if let owed = jobs[entry.place] { body(owed) } }
  }
}
