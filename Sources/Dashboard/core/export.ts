// Files made in the page from what the API says; amounts stay text, exactly as the ledger has them.

import { Batch, Entry } from "./answers";

/** One field of CSV; a text that a spreadsheet would run as a formula gets an apostrophe. */
function field(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const safe = !isNumber && /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

const csv = (rows: readonly (readonly (string | number | null)[])[]): string =>
  rows.map((row) => row.map(field).join(",")).join("\r\n").concat("\r\n");

export function timelineCSV(channel: string, entries: readonly Entry[]): string {
  return csv([
    ["channel", "position", "at", "event", "amount", "asset", "owed_usdt", "remark", "stream"],
    ...entries.map((one) => [
      channel,
      one.position,
      one.at,
      one.name,
      one.amount?.amount ?? null,
      one.amount?.asset ?? null,
      one.balance.find((sum) => sum.asset.startsWith("USDT"))?.amount ?? null,
      one.remark,
      one.stream,
    ]),
  ]);
}

export function payoutsCSV(batches: readonly Batch[]): string {
  return csv([
    [
      "payout",
      "channel",
      "status",
      "opened_at",
      "ended_at",
      "payments",
      "value_usdt",
      "delivered",
      "asset",
      "wallet",
      "transaction",
      "position",
    ],
    ...batches.map((one) => [
      one.batch,
      one.channel,
      one.status,
      one.opened_at,
      one.ended_at,
      one.members,
      one.total_usdt,
      one.delivered,
      one.asset,
      one.wallet,
      one.tx_hash,
      one.position,
    ]),
  ]);
}

/** A journal for hledger and ledger: what came in, what was paid out, and a balance assertion. */
export function journal(channel: string, entries: readonly Entry[]): string {
  const lines = [`; Weir: channel ${channel}, the owner's side, in USDT`, ""];
  let owed = "0";
  for (const one of entries) {
    const after = one.balance.find((sum) => sum.asset === "USDT-ETH")?.amount ?? owed;
    if (after === owed) continue;
    const day = one.at.slice(0, 10);
    const isPayout = one.name.startsWith("split.") || one.name.startsWith("accumulation.paid");
    const other = isPayout ? "assets:wallet" : "income:subscriptions";
    const what = one.name.replace(/\.v\d+$/, "");
    lines.push(
      `${day} ${what}  ; position:${one.position}`,
      `    assets:weir:${channel}    = ${after} USDT`,
      `    ${other}`,
      "",
    );
    owed = after;
  }
  return lines.join("\n");
}

export function save(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
