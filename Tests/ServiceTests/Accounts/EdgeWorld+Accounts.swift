import HTTP
import JSON
import Kernel

/// Somebody who is signed in.
struct Person {
  let name: String
  let id: String
  var access: String
  var refresh: String

  static let password = "Correct-horse-1"
  var email: String { "\(name)@example.org" }
}

extension EdgeWorld {
  /// Signs somebody up, and confirms the address.
  func person(_ name: String, isVerified: Bool = true) async throws -> Person {
    let answer = try await post(
      "/api/auth/signup",
      #"{"username":"\#(name)","email":"\#(name)@example.org","password":"\#(Person.password)"}"#,
      key: nil)
    guard answer.status == 201, let id = answer.json?["user_id"]?.text,
      let access = answer.json?["access_token"]?.text,
      let refresh = answer.json?["refresh_token"]?.text
    else { preconditionFailure("\(answer)") }
    let person = Person(name: name, id: id, access: access, refresh: refresh)
    if isVerified {
      let token = mails.token("verify-email", to: person.email) ?? ""
      let verified = try await post("/api/auth/verify-email", #"{"token":"\#(token)"}"#, key: nil)
      precondition(verified.status == 200, "\(verified)")
    }
    return person
  }

  func logIn(
    _ name: String, _ password: String = Person.password, code: String? = nil,
    form: String = "token"
  ) async throws -> EdgeAnswer {
    let more = code.map { #","code":"\#($0)""# } ?? ""
    return try await post(
      "/api/auth/login",
      #"{"username":"\#(name)","password":"\#(password)","session":"\#(form)"\#(more)}"#, key: nil)
  }

  /// A request with a token, or whatever else stands behind `Bearer`.
  func ask(
    _ method: String, _ path: String, _ body: String? = nil, by token: String?,
    headers more: HTTPHeaders = [:]
  ) async throws -> EdgeAnswer {
    var headers = more
    if let token { headers.add("Authorization", "Bearer \(token)") }
    if body != nil { headers.add("Content-Type", "application/json") }
    return try await send(method, path, headers: headers, body: Array((body ?? "").utf8))
  }

  /// Makes somebody an operator, an approver or an auditor, by the operators' key.
  func give(_ roles: String, to id: String) async throws {
    let answer = try await ask(
      "POST", "/api/admin/accounts/\(id)/roles",
      #"{"roles":[\#(roles)],"reason":"test","actor":"root"}"#, by: Self.operatorKey)
    precondition(answer.status == 200, "\(answer)")
  }

  /// Registers a channel for somebody.
  func register(_ open: String, _ closed: String, by person: Person) async throws {
    let answer = try await ask(
      "POST", "/api/channels/register", Bodies.registration(open: open, closed: closed),
      by: person.access)
    precondition(answer.status == 201, "\(answer)")
  }
}
