import Engine
import JSON
import Kernel

// Who does something, and why: what every action of an operator is recorded with.

/// What a person says with an action.
struct Deed {
  let reason: String
  /// The account's name, or the one given beside the operators' key.
  let person: String
  /// Whether only what would come of it is asked for.
  let isDry: Bool
  let body: JSONValue

  /// As the log names who it was.
  var actor: String { "operator:\(person)" }
}

extension Call {
  /// Reads `reason`, `actor` beside the operators' key, `dry_run` where the action can be tried,
  /// and what `more` takes; answers itself and gives nil where any of it is wrong.
  func deed<More>(
    canBeTried: Bool = false, _ more: (inout FieldReader) -> More
  ) -> (Deed, More)? {
    guard let body = object() else { return nil }
    var fields = FieldReader(body)
    let reason = fields.text("reason", most: Limits.descriptionMost)
    let person = person(&fields)
    let isDry = canBeTried && fields.flag("dry_run", standard: false)
    let words = more(&fields)
    if let problem = fields.problem() {
      refuse(problem)
      return nil
    }
    guard let reason, let person else { return nil }
    return (Deed(reason: reason, person: person, isDry: isDry, body: body), words)
  }

  func deed(canBeTried: Bool = false) -> Deed? {
    deed(canBeTried: canBeTried) { _ in }?.0
  }

  /// Has a command decided as a person's, or tells what it would append; `kind` and `asked` are
  /// what an Idempotency-Key stands for.
  func carryOut(
    _ command: LedgerCommand, by deed: Deed, as kind: String, asked: JSONValue
  ) {
    guard let (id, digest) = identity(kind, asked) else { return }
    guard !deed.isDry else {
      return parts.gate.inspect { state in sendDry(state.decide(command, at: parts.clock())) }
    }
    parts.gate.submit(
      Submission(id: id, digest: digest, command: command, actor: deed.actor)
    ) { sendDone($0) }
  }

  /// Who acts as an operator: the account itself, or the body's `actor` beside the operators' key.
  func person(_ fields: inout FieldReader, isOptional: Bool = false) -> String? {
    guard let caller else { return fields.actor("actor", isOptional: isOptional) }
    return own(caller.account.name, &fields)
  }

  /// Who gives a word that takes two people: what the key or the account says, and nobody else.
  func approver(_ fields: inout FieldReader) -> String? {
    approver.flatMap { own($0, &fields) }
  }

  private func own(_ name: String, _ fields: inout FieldReader) -> String? {
    let given = fields.text("actor", most: 60, isOptional: true)
    guard let given, AccountText.folded(given) != AccountText.folded(name),
      given != caller?.account.name
    else { return name }
    fields.refuse("actor", "must be your own name, or left out")
    return nil
  }
}

extension FieldReader {
  /// Who asks: 1 to 60 letters, digits and `._@-`.
  fileprivate mutating func actor(_ field: String, isOptional: Bool) -> String? {
    guard let text = text(field, most: 60, isOptional: isOptional) else { return nil }
    if !text.isActorName { refuse(field, "must be letters, digits and . _ @ -") }
    return text.isActorName ? text : nil
  }
}
