import HTTP
import JSON

// GET /api/human-check: work for a browser to do before it signs somebody up or registers a
// channel, whose forms bring its solution in the header `Human-Check`.

extension Call {
  func showHumanCheck() {
    guard let desk = desk() else { return }
    let forms = HumanCheck.Form.allCases.map(\.rawValue)
    guard let form = only("form")?.value.flatMap({ HumanCheck.Form(rawValue: $0) }) else {
      return refuse(.queryInvalid, "form must be \(forms.joined(separator: " or "))")
    }
    let check = desk.humans
    let isOn = check.bits > 0
    send(
      200,
      .object([
        "needed": .bool(isOn), "bits": .integer(check.bits),
        "challenge": isOn ? .string(check.challenge(form, at: parts.clock())) : .null,
        "seconds": .integer(Int(HumanCheck.seconds)),
      ]))
  }

  /// Whether a person's browser has done its work; answers itself where it hasn't.
  func isHuman(_ form: HumanCheck.Form, _ desk: AccountDesk) -> Bool {
    do throws(HumanCheck.Obstacle) {
      let given = request.headers.only(HumanCheck.header)
      try desk.humans.take(given, form, at: parts.clock(), isTrial: isTrial)
      return true
    } catch {
      refuse(.humanCheckNeeded, error.rawValue)
      return false
    }
  }
}
