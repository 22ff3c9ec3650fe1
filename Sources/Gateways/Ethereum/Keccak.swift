import CBotan

/// Keccak-256 with the padding of the original submission, as Ethereum uses it; not SHA3-256.
public enum Keccak {
  /// The 32 bytes of the digest.
  public static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var state: botan_hash_t?
    var digest = [UInt8](repeating: 0, count: 32)
    let isDone =
      botan_hash_init(&state, "Keccak-1600(256)", 0) == 0
      && botan_hash_update(state, bytes, bytes.count) == 0
      && botan_hash_final(state, &digest) == 0
    botan_hash_destroy(state)
    precondition(isDone, "Botan has no Keccak-1600(256)")
    return digest
  }
}
