// What a pasted wallet address can be, and whether it is a secret that must never be sent.
//
// A hint for whoever types: the service checks formats and checksums itself.

const base58 = "[1-9A-HJ-NP-Za-km-z]";

// The most specific first.
const forms: readonly (readonly [form: RegExp, networks: readonly string[]])[] = [
  [/^(EQ|UQ)[A-Za-z0-9_-]{46}$/, ["TON"]],
  [new RegExp(`^T${base58}{33}$`), ["TRX"]],
  [/^G[A-Z2-7]{55}$/, ["XLM"]],
  [new RegExp(`^D[5-9A-HJ-NP-U]${base58}{32}$`), ["DOGE"]],
  [new RegExp(`^r${base58}{24,34}$`), ["XRP"]],
  [new RegExp(`^[48][0-9AB]${base58}{93}$`), ["XMR"]],
  [/^addr1[a-z0-9]{53,}$/, ["ADA"]],
  [new RegExp(`^(t1${base58}{33}|zs1[a-z0-9]{75})$`), ["ZEC"]],
  [/^(bitcoincash:)?[qp][a-z0-9]{41}$/, ["BCH"]],
  [/^0x[0-9a-fA-F]{40}$/, ["ETH", "BSC", "MATIC", "BASE", "AVAX"]],
  [new RegExp(`^(bc1[a-z0-9]{39,59}|1${base58}{25,34})$`), ["BTC"]],
  [new RegExp(`^3${base58}{25,34}$`), ["BTC", "LTC"]],
  [new RegExp(`^(ltc1[a-z0-9]{39,59}|[LM]${base58}{25,34})$`), ["LTC"]],
  [new RegExp(`^${base58}{32,44}$`), ["SOL"]],
];

/** Networks an address may belong to; none where it has no known form. */
export function networksOf(address: string): readonly string[] {
  const text = address.trim();
  return forms.find(([form]) => form.test(text))?.[1] ?? [];
}

/** What secret a text looks like; null for none. Such a text never leaves the page. */
export function secretIn(text: string): string | null {
  const value = text.trim();
  if (/^S[A-Z2-7]{55}$/.test(value)) return "a Stellar secret key";
  if (new RegExp(`^[5KL]${base58}{50,51}$`).test(value)) return "a private key (WIF)";
  if (/^(0x)?[0-9a-fA-F]{64}$/.test(value)) return "a private key";
  if (/^[xyz]prv[1-9A-HJ-NP-Za-km-z]{50,}$/.test(value)) return "an extended private key";
  const words = value.split(/\s+/);
  if (words.length >= 12 && words.every((word) => /^[a-z]{3,8}$/.test(word))) {
    return "a seed phrase";
  }
  return null;
}
