import HTTP
import Kernel

/// Who asks: what came with the request, and whose it is.
enum Principal: Sendable {
  case anonymous
  /// A key of the configuration, or none of ours: each route compares it with those it takes.
  case key(String)
  case account(Caller)
  /// It claims to be somebody and isn't, or isn't any more.
  case refused(Problem.Code)
}

/// An account on the way to a route.
struct Caller: Sendable {
  let account: AccountState
  /// Nil for an API key.
  let session: SessionID?
  let scopes: [KeyScope]
  /// Whether a browser sent it by itself.
  let isCookie: Bool

  /// Keys act for the owner alone: a role takes a sign-in.
  var roles: [AccountRole] { session == nil ? [] : account.roles }

  /// Reads what is others'.
  var readsAll: Bool { !roles.isEmpty }

  /// The same caller, and what the account was.
  func with(_ account: AccountState) -> Caller {
    Caller(account: account, session: session, scopes: scopes, isCookie: isCookie)
  }

  func owns(_ channel: ChannelKey) -> Bool { account.channels.contains(channel) }
}

extension Principal {
  static func of(_ request: HTTPRequest, _ parts: Edge.Parts) -> Principal {
    if request.headers.contains("Authorization") {
      guard let value = request.headers.only("Authorization") else {
        return .refused(.unauthorized)
      }
      let words = value.split(separator: " ", maxSplits: 1)
      guard words.count == 2, words[0].lowercased() == "bearer" else {
        return .refused(.unauthorized)
      }
      let given = words[1].trimmed
      guard let desk = parts.accounts else { return .key(given) }
      if given.hasPrefix("wk_") { return ofKey(given, desk, parts.clock()) }
      guard given.split(separator: ".", omittingEmptySubsequences: false).count == 3 else {
        return .key(given)
      }
      return ofToken(given, desk, parts.clock(), isCookie: false)
    }
    guard let desk = parts.accounts,
      let token = desk.cookies.value(desk.cookies.access, request.headers)
    else {
      // The access token's cookie is gone when it expires, and the others tell that it was there.
      guard let desk = parts.accounts,
        desk.cookies.value(desk.cookies.refresh, request.headers) != nil
      else { return .anonymous }
      return .refused(.tokenExpired)
    }
    return ofToken(token, desk, parts.clock(), isCookie: true)
  }

  private static func ofToken(
    _ token: String, _ desk: AccountDesk, _ now: Instant, isCookie: Bool
  ) -> Principal {
    do throws(Tokens.Failure) {
      let access = try desk.tokens.readAccess(token, at: now)
      // A session that was ended is refused at once, whatever its tokens say.
      guard let account = desk.directory.read({ $0[access.account] }), !account.isClosed,
        let session = account.session(access.session), session.expires > now
      else { return .refused(.tokenInvalid) }
      return .account(
        Caller(
          account: account, session: access.session, scopes: KeyScope.allCases,
          isCookie: isCookie))
    } catch {
      return .refused(error == .expired ? .tokenExpired : .tokenInvalid)
    }
  }

  private static func ofKey(_ text: String, _ desk: AccountDesk, _ now: Instant) -> Principal {
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 3, let id = AccessKeyID(text: String(parts[1])),
      let account = desk.directory.read({ $0[key: id] }), !account.isClosed,
      let key = account.keys.first(where: { $0.key == id }),
      Cipher.isEqual(Array(Tokens.hash(String(parts[2])).utf8), Array(key.hash.utf8)),
      key.expires > now
    else { return .refused(.tokenInvalid) }
    return .account(Caller(account: account, session: nil, scopes: key.scopes, isCookie: false))
  }
}
