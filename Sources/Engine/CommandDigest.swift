public import Kernel
import Log

/// The digest of a command whose text is this program's own: of a process, a report, an operator.
///
/// SHA-256 of the command's exact bytes (`LedgerCommand.write`). Until November 2026 it was that of
/// the command as Swift prints it, and such digests stand in logs for ever: where a known id comes
/// with another digest, the machine compares the former one too, before it says that the id stood
/// for something else. Reports have their digest in their id; the id of then is looked up as well.
public enum CommandDigest {
  public static func of(_ command: LedgerCommand) -> [UInt8] {
    var bytes = CommandBytes()
    command.write(to: &bytes)
    return SHA256.digest(of: bytes.bytes)
  }

  static func former(_ command: LedgerCommand) -> [UInt8] {
    SHA256.digest(of: Array("\(command)".utf8))
  }

  /// The id of a report on the call that the fact at `intent` asked for.
  static func report(_ digest: [UInt8], on intent: UInt64) -> CommandID {
    CommandID.composed("report", "\(intent)", HexText.of(digest.prefix(12)))
  }

  /// The id that a report had when its digest was the former one; nil for what is no report.
  static func formerID(of submission: Submission, on intent: UInt64) -> CommandID? {
    guard submission.id == report(submission.digest, on: intent) else { return nil }
    return report(former(submission.command), on: intent)
  }
}
