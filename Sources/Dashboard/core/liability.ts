// Proof of liabilities: whether what is owed to one is in the sum that everybody was told
// (Sources/Kernel/Liabilities/liabilities.md). Computed here, so that nobody has to be believed.

export interface Step {
  /** Where it stands beside the way up: `left` or `right`. */
  readonly side: string;
  readonly units: string;
  readonly hash: string;
}

export interface Proof {
  readonly units: string;
  readonly salt: string;
  readonly path: readonly Step[];
  readonly root: string;
  readonly total_units: string;
}

const most = 1n << 127n;

function bytes(hex: string): number[] {
  if (!/^([0-9a-f]{2}){32}$/.test(hex)) throw new Error("no hash");
  return hex.match(/../g)?.map((pair) => parseInt(pair, 16)) ?? [];
}

function amount(units: bigint): number[] {
  if (units < 0n || units >= most) throw new Error("no amount");
  return bytes(units.toString(16).padStart(64, "0")).slice(16);
}

async function hash(data: number[]): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(data)));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Whether a proof leads from one's own amount to the root, and to a sum that has it in it; null
 * where the browser can't hash, as on a page without TLS.
 */
export async function leadsToRoot(proof: Proof, client: string): Promise<boolean | null> {
  if (!globalThis.crypto?.subtle) return null;
  try {
    let sum = BigInt(proof.units);
    const name = Array.from(new TextEncoder().encode(client));
    let here = await hash([0, ...bytes(proof.salt), ...name, ...amount(sum)]);
    for (const step of proof.path) {
      const beside = [...amount(BigInt(step.units)), ...bytes(step.hash)];
      const own = [...amount(sum), ...bytes(here)];
      here = await hash([1, ...(step.side === "left" ? [...beside, ...own] : [...own, ...beside])]);
      sum += BigInt(step.units);
    }
    return here === proof.root && sum === BigInt(proof.total_units);
  } catch {
    return false;
  }
}
