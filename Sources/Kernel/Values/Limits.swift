/// One table of limits for every border (C-4, C-9, P-101).
public enum Limits {
  /// Least payout threshold.
  public static let thresholdLeast = Money(50_00000000, .usd)
  public static let priceMost = Money(9_999_99000000, .usd)
  /// Least donation (domain 4.10); the most is a price's.
  public static let donationLeast = Money(4_99000000, .usd)
  public static let tierDaysMost = 999
  public static let tiersMost = 3
  /// Units of one payment's outcome: beyond it, sums of values could leave Int128.
  public static let outcomeUnitsMost = Int128.ten(33)
  /// A coin worth more than a billion USDT is a broken rate; times 10^18.
  public static let rateMost = Int128.ten(27)
  /// Characters.
  public static let titleMost = 100
  public static let descriptionMost = 500
  public static let donationMessageMost = 256
  /// Bytes of ASCII.
  public static let walletMost = 200
  /// Decimals of an amount that swap providers keep; they round, or refuse, whatever is finer.
  public static let swapDecimals = 8
  /// Seconds a swap must have left when its deposit is signed (reliability S4).
  public static let swapTimeLeft: Int64 = 900
  /// Swaps one split may open before a person looks.
  public static let swapAttemptsMost = 5
  /// Conversions one payment may have, one after the other.
  public static let conversionAttemptsMost = 99
  /// Payments that one swap may convert.
  public static let poolMembersMost = 500
  /// Nonces of one wallet that may be open at once (reliability T1).
  public static let openNoncesMost = 16
  /// Wei that the gas of one replacement may cost: what nodes refuse beyond by themselves, 1 ETH.
  public static let replacementGasMost = Int128.ten(18)
  /// Bytes of a login's name.
  public static let nameLeast = 3
  public static let nameMost = 50
  /// Bytes of an e-mail address.
  public static let emailMost = 254
  /// Open channels of one account.
  public static let channelsMost = 10
  /// Sign-ins of one account at once; the next one ends the oldest.
  public static let sessionsMost = 20
  /// How long a sign-in lasts that nobody renews.
  public static let sessionDays = 30
  /// For so long a refresh token that was just replaced brings the same next one.
  public static let renewalGraceSeconds: Int64 = 10
  /// API keys of one account at once, and how long one may last.
  public static let keysMost = 10
  public static let keyDaysMost = 365
  /// Seconds a link into a paid channel works (domain 4.7).
  public static let inviteSeconds: Int64 = 3_600
  /// Seconds for which making a link and telling it are tried (domain 4.7).
  public static let inviteTries: Int64 = 86_400
  /// Seconds in which who presses the button again is shown the same page to pay on.
  public static let invoiceSeconds: Int64 = 3_600
  /// Characters of what somebody writes to the bot that are looked at.
  public static let saidMost = 1_000
  /// Seconds between two posts that are asked for by hand (domain 4.12).
  public static let postCooldownSeconds: Int64 = 300

  /// Seconds before its end at which a subscriber is reminded of access for so many days; nil where
  /// it is too short for that.
  public static func reminderSeconds(days: Int) -> Int64? {
    days >= 7 ? 3 * 86_400 : days >= 2 ? 86_400 : nil
  }
  /// Channels of which one answer of the bot tells.
  public static let channelsToldMost = 10
  /// People whose word lets a transfer over its cap.
  public static let approversLeast = 2
}
