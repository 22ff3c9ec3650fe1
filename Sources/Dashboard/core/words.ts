// The log's names in words.

const families: Record<string, string> = {
  ledger: "Ledger",
  channel: "Channel",
  order: "Order",
  payment: "Payment",
  accumulation: "Accumulation",
  conversion: "Conversion",
  batch: "Batch",
  split: "Swap",
  hostpay: "Funding",
  transfer: "Transfer",
  wallet: "Wallet",
  account: "Account",
};

const said: Record<string, string> = {
  "order.placed": "Order placed",
  "order.invoiced": "Invoice made",
  "order.granted": "Access granted",
  "payment.observed": "Provider reported a payment",
  "payment.finished": "Payment arrived",
  "payment.routed": "Payment sent on its way",
  "payment.held": "Payment held for a person",
  "accumulation.locked": "Value locked",
  "accumulation.converted": "Converted to USDT",
  "accumulation.reserved": "Reserved for a payout",
  "accumulation.released": "Released from a payout",
  "accumulation.paid": "Paid out",
  "batch.opened": "Payout batch opened",
  "batch.handed_off": "Batch handed to the swap",
  "batch.completed": "Payout delivered",
  "batch.failed": "Payout failed",
  "split.requested": "Swap wanted",
  "split.estimated": "Swap estimated",
  "split.swap_intended": "Swap about to be opened",
  "split.swap_opened": "Swap opened",
  "split.completed": "Swap delivered",
  "split.refunded": "Swap refunded",
  "split.held": "Swap held for a person",
  "hostpay.requested": "Funding wanted",
  "hostpay.checked": "Swap checked before funding",
  "hostpay.funded": "Swap funded",
  "hostpay.held": "Funding held for a person",
  "transfer.requested": "Transfer wanted",
  "transfer.nonce_reserved": "Nonce reserved",
  "transfer.signed": "Transfer signed",
  "transfer.confirmed": "Transfer confirmed on chain",
  "transfer.parked": "Transfer parked",
  "channel.registered": "Channel registered",
};

/** `batch.completed.v1` as a sentence. */
export function eventWords(name: string): string {
  const bare = name.replace(/\.v\d+$/, "");
  const known = said[bare];
  if (known) return known;
  const [family = "", ...rest] = bare.split(".");
  return `${families[family] ?? family} ${rest.join(" ").replace(/_/g, " ")}`.trim();
}

export const familyOf = (name: string): string => name.split(".")[0] ?? "";
export const plain = (word: string): string => word.replace(/[_.]/g, " ");
export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `0x55EB…3C87`. */
export const short = (text: string, head = 6, tail = 4): string =>
  text.length <= head + tail + 1 ? text : `${text.slice(0, head)}…${text.slice(-tail)}`;

/** `Chrome on Linux`, out of what a browser says of itself. */
export function deviceWords(agent: string | null): string {
  if (agent === null || agent === "") return "not known";
  const browsers = ["Edg", "OPR", "Firefox", "Chrome", "Safari"];
  const systems = ["Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux"];
  const browser = browsers.find((one) => agent.includes(one));
  const system = systems.find((one) => agent.includes(one));
  if (!browser || !system) return agent;
  const names: Record<string, string> = { Edg: "Edge", OPR: "Opera", "Mac OS X": "macOS" };
  return `${names[browser] ?? browser} on ${names[system] ?? system}`;
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
