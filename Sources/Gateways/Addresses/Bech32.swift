/// Texts of 32 different characters under a checksum that finds any four wrong ones (BIP-173).
enum Bech32 {
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: .max, count: 256)
    for (value, character) in "qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8.enumerated() {
      values[Int(character)] = UInt8(value)
    }
    return values
  }()

  /// What the checksum comes to: the first form's, and that of BIP-350.
  static let plain: UInt64 = 1
  static let modified: UInt64 = 0x2bc8_30a3

  /// The five-bit words between prefix and checksum, and what the checksum came to; nil where it is
  /// none of the two, the prefix is another, or cases are mixed.
  static func words(_ text: String, prefix: String) -> (words: [UInt8], sum: UInt64)? {
    guard let text = oneCase(text), text.hasPrefix(prefix + "1") else { return nil }
    guard let words = words(text.utf8.dropFirst(prefix.utf8.count + 1)), words.count >= 6 else {
      return nil
    }
    let high = prefix.utf8.map { $0 >> 5 }
    let low = prefix.utf8.map { $0 & 31 }
    let sum = (high + [0] + low + words).reduce(UInt64(1)) { sum, word in
      var next = (sum & 0x1ff_ffff) << 5 ^ UInt64(word)
      let factors: [UInt64] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
      for (bit, factor) in factors.enumerated() where sum >> (25 + bit) & 1 == 1 { next ^= factor }
      return next
    }
    guard sum == plain || sum == modified else { return nil }
    return (Array(words.dropLast(6)), sum)
  }

  /// The text in small letters; nil where it has both.
  static func oneCase(_ text: String) -> String? {
    guard text.utf8.count <= 200 else { return nil }
    let small = text.lowercased()
    return text == small || text == text.uppercased() ? small : nil
  }

  static func words(_ text: some Sequence<UInt8>) -> [UInt8]? {
    let words = text.map { values[Int($0)] }
    return words.contains(.max) ? nil : words
  }

  /// The same bits as bytes; nil where more than a part of a word is left, or it isn't zero.
  static func bytes(_ words: some Sequence<UInt8>) -> [UInt8]? {
    var (bytes, bits, count): ([UInt8], UInt32, Int) = ([], 0, 0)
    for word in words {
      bits = (bits << 5 | UInt32(word)) & 0xfff
      count += 5
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    return count < 5 && bits & (1 << UInt32(count) - 1) == 0 ? bytes : nil
  }
}

/// A witness program: version 0 under the first checksum, any later under the other (BIP-350).
enum SegwitAddress {
  static func isOne(_ text: String, prefix: String) -> Bool {
    guard text.utf8.count <= 90, let (words, sum) = Bech32.words(text, prefix: prefix),
      let version = words.first, version <= 16, let program = Bech32.bytes(words.dropFirst())
    else { return false }
    guard version > 0 else {
      return sum == Bech32.plain && (program.count == 20 || program.count == 32)
    }
    return sum == Bech32.modified && (2...40).contains(program.count)
  }
}

/// Cardano's of Shelley and later, on the main net: a key or a script that can be paid to.
enum CardanoAddress {
  static func isOne(_ text: String) -> Bool {
    guard let (words, sum) = Bech32.words(text, prefix: "addr"), sum == Bech32.plain,
      let bytes = Bech32.bytes(words), let head = bytes.first, head & 15 == 1
    else { return false }
    switch head >> 4 {
    // With a key or script for staking beside it; alone; with a pointer to it.
    case 0...3: return bytes.count == 57
    case 6, 7: return bytes.count == 29
    case 4, 5: return (32...44).contains(bytes.count)
    case _: return false
    }
  }
}

/// Bitcoin Cash's, with or without its prefix; Bitcoin's own forms, which it once used, are refused
/// as those of another network.
enum CashAddress {
  static func isOne(_ text: String) -> Bool {
    let prefix = "bitcoincash"
    guard let small = Bech32.oneCase(text) else { return false }
    let bare = small.hasPrefix(prefix + ":") ? String(small.dropFirst(prefix.count + 1)) : small
    guard let words = Bech32.words(bare.utf8), words.count > 8 else { return false }
    let sum = (prefix.utf8.map { $0 & 31 } + [0] + words).reduce(UInt64(1)) { sum, word in
      var next = (sum & 0x7_ffff_ffff) << 5 ^ UInt64(word)
      let factors: [UInt64] = [
        0x98_f2bc_8e61, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470,
      ]
      for (bit, factor) in factors.enumerated() where sum >> (35 + bit) & 1 == 1 { next ^= factor }
      return next
    }
    guard sum == 1, let bytes = Bech32.bytes(words.dropLast(8)), let version = bytes.first else {
      return false
    }
    // Paid to a key or a script, 20 bytes of hash.
    return (version == 0 || version == 8) && bytes.count == 21
  }
}
