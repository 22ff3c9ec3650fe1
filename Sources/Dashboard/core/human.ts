// The work a browser does before it sends certain forms, where the service asks for it: a number
// with which the SHA-256 of a text begins with zeros.

/** Bits that are zero before the first that isn't. */
export function zeros(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) {
    if (byte !== 0) return count + Math.clz32(byte) - 24;
    count += 8;
  }
  return count;
}

type Hash = (bytes: Uint8Array) => Promise<ArrayBuffer>;

const sha256: Hash = (bytes) => crypto.subtle.digest("SHA-256", bytes);

/** The first number that solves a challenge; some at a time, so that the page stays awake. */
export async function solve(
  challenge: string,
  bits: number,
  hash: Hash = sha256,
  together = 256,
): Promise<string> {
  const encoder = new TextEncoder();
  for (let from = 0; ; from += together) {
    const tried = Array.from({ length: together }, (_, step) =>
      hash(encoder.encode(`${challenge}:${from + step}`)),
    );
    const found = (await Promise.all(tried)).findIndex((sum) => zeros(new Uint8Array(sum)) >= bits);
    if (found >= 0) return String(from + found);
  }
}
