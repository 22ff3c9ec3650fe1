import Foundation
import JSON

/// Where Foundation's JSON must agree with ours, and where it is known to differ.
enum JSONTwin {
  /// Whether two readings of one text say the same.
  static func isSame(_ ours: JSONValue, _ theirs: Any) -> Bool {
    switch ours {
    case .null: theirs is NSNull
    case .bool(let flag): (theirs as? Bool) == flag
    case .number(let token):
      (theirs as? NSNumber).map { isNear($0.doubleValue, Double(token)) } ?? false
    case .string(let text): (theirs as? String)?.utf8.elementsEqual(text.utf8) ?? false
    case .array(let items):
      (theirs as? [Any]).map { theirs in
        theirs.count == items.count && zip(items, theirs).allSatisfy { isSame($0, $1) }
      } ?? false
    case .object(let members):
      (theirs as? [String: Any]).map { theirs in
        // Foundation takes names for one that differ in Unicode's normal form only.
        theirs.count < members.count
          || members.allSatisfy { member in
            theirs[member.name].map { isSame(member.value, $0) } ?? false
          }
      } ?? false
    }
  }

  private static func isNear(_ left: Double, _ right: Double?) -> Bool {
    guard let right else { return false }
    return left == right || abs(left - right) <= abs(right) * 1e-15
  }

  /// Whether numbers are in it that no double says: Foundation refuses those.
  static func hasFarNumbers(_ value: JSONValue) -> Bool {
    switch value {
    case .null, .bool, .string: false
    case .number(let token): isFar(token)
    case .array(let items): items.contains { hasFarNumbers($0) }
    case .object(let members): members.contains { hasFarNumbers($0.value) }
    }
  }

  private static func isFar(_ token: String) -> Bool {
    guard let value = Double(token), value.isFinite else { return true }
    let hasDigits = token.prefix { $0 != "e" && $0 != "E" }.contains { $0 >= "1" && $0 <= "9" }
    return !value.isNormal && hasDigits
  }

  /// Whether Foundation may read what we refuse for this reason.
  static func mayDiffer(_ kind: JSONError.Kind, _ bytes: [UInt8]) -> Bool {
    switch kind {
    case .duplicateName, .tooDeep, .tooLarge, .noMemory: return true
    case .unexpected where endsInComma(bytes): return true
    case .empty, .notUTF8, .controlCharacter, .unclosedString, .badEscape, .loneSurrogate,
      .badWord, .badNumber, .unexpected, .unfinished, .trailingText:
      // It looks for other encodings first.
      return bytes.contains(0) || bytes.starts(with: [0xef, 0xbb, 0xbf])
        || bytes.starts(with: [0xfe, 0xff]) || bytes.starts(with: [0xff, 0xfe])
    }
  }

  /// Whether there may be a comma behind a last member or item: Foundation takes that.
  private static func endsInComma(_ bytes: [UInt8]) -> Bool {
    let marks = bytes.filter { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
    return zip(marks, marks.dropFirst()).contains { comma, close in
      comma == UInt8(ascii: ",") && (close == UInt8(ascii: "}") || close == UInt8(ascii: "]"))
    }
  }
}
