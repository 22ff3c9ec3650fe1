/// Which protocol is played, and how many faults of each kind may happen at most.
public struct Rules: Sendable {
  /// What a process does when `nonce too low` is the answer and the hash is not in the log.
  public enum TooLow: Sendable {
    case halts
    case takesAnother
  }

  /// What follows a restore of an older copy.
  public enum Recovery: Sendable {
    /// Repair 3: another wallet.
    case rotates
    /// Repair 2: the witness has every signed hash; open nonces are closed.
    case closes
    case carriesOn
    /// Takes over what the chain shows, and carries on.
    case adopts
  }

  // The protocol; each default is the full one's.
  /// The nonce is in the log before anything is signed.
  public var reservesNonce = true
  /// Signed bytes are in the log before any of them leaves.
  public var storesHash = true
  /// A replacement keeps the nonce.
  public var keepsNonce = true
  public var waitsForFinality = true
  /// An append names the position it was decided at.
  public var checksPosition = true
  public var tooLow = TooLow.halts
  public var recovery = Recovery.rotates
  /// Allows what a service may do beyond the table: settle in quarantine what was signed before,
  /// and cancel at a nonce that nothing was signed for.
  public var isLoose = false

  // What may happen.
  public var processes = 1
  public var reorgs = 1
  public var restores = 0
  public var crashes = 1
  public var cancels = 1
  public var reverts = 0
  public var intrusions = 0
  /// Quarantines for another reason than a stranger.
  public var alarms = 0

  // How far it goes.
  public var batches = 2
  public var wallets = 2
  /// Fee bumps of one nonce.
  public var bumps = 1
  /// Nonces of one wallet.
  public var nonces = 4
  /// Entries of the log after which nothing is appended any more.
  public var entries = 14

  public init() {}

  /// The full protocol as a running service plays it: any number of steps and of faults, but nobody
  /// signs with our key, and no older copy of the log comes back.
  public static func unbounded(batches: Int, wallets: Int = 8) -> Rules {
    var rules = Rules()
    rules.isLoose = true
    rules.batches = batches
    rules.wallets = wallets
    (rules.nonces, rules.entries, rules.bumps) = (1 << 24, .max, 100)
    (rules.reorgs, rules.crashes, rules.cancels, rules.reverts) = (.max, .max, .max, .max)
    rules.alarms = .max
    return rules
  }
}

/// Why an action can't happen in a world.
public struct Refused: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ reason: String) { description = reason }
}
