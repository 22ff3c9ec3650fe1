// The registration form's values: what is typed, what is sent, what is wrong before it is sent.

import { Channel } from "../../core/answers";
import { compare, decimal } from "../../core/decimal";
import { secretIn } from "../../core/wallet";

export interface Form {
  openId: string;
  openTitle: string;
  openText: string;
  closedId: string;
  closedTitle: string;
  closedText: string;
  donation: string;
  tiers: { price: string; days: string }[];
  wallet: string;
  network: string;
  currency: string;
  strategy: "instant" | "threshold";
  threshold: string;
}

export const blank: Form = {
  openId: "",
  openTitle: "",
  openText: "",
  closedId: "",
  closedTitle: "",
  closedText: "",
  donation: "",
  tiers: [{ price: "", days: "30" }],
  wallet: "",
  network: "",
  currency: "",
  strategy: "threshold",
  threshold: "100",
};

export function formOf(channel: Channel): Form {
  return {
    openId: channel.open_channel_id,
    openTitle: channel.open_channel_title,
    openText: channel.open_channel_description,
    closedId: channel.closed_channel_id,
    closedTitle: channel.closed_channel_title,
    closedText: channel.closed_channel_description,
    donation: channel.closed_channel_donation_message ?? "",
    tiers: channel.tiers.map((one) => ({ price: one.price, days: String(one.days) })),
    wallet: channel.client_wallet_address,
    network: channel.client_payout_network,
    currency: channel.client_payout_currency,
    strategy: channel.payout_strategy === "instant" ? "instant" : "threshold",
    threshold: channel.payout_threshold_usd ?? "100",
  };
}

type Body = Record<string, unknown>;

function rest(form: Form): Body {
  const body: Body = {
    open_channel_title: form.openTitle.trim(),
    open_channel_description: form.openText.trim(),
    closed_channel_title: form.closedTitle.trim(),
    closed_channel_description: form.closedText.trim(),
    tier_count: form.tiers.length,
    client_wallet_address: form.wallet.trim(),
    client_payout_currency: form.currency,
    client_payout_network: form.network,
    payout_strategy: form.strategy,
  };
  if (form.donation.trim() !== "") body["closed_channel_donation_message"] = form.donation.trim();
  form.tiers.forEach((tier, index) => {
    body[`sub_${index + 1}_price`] = tier.price.trim();
    body[`sub_${index + 1}_time`] = Number(tier.days);
  });
  if (form.strategy === "threshold") body["payout_threshold_usd"] = form.threshold.trim();
  return body;
}

export const registration = (form: Form): Body => ({
  open_channel_id: form.openId.trim(),
  closed_channel_id: form.closedId.trim(),
  ...rest(form),
});

/** What an edit changes, and nothing else; fields that go together go together. */
export function changes(before: Form, after: Form): Body {
  const old = rest(before);
  const next = rest(after);
  const together = [
    Object.keys(next).filter((name) => name.startsWith("sub_") || name === "tier_count"),
    ["payout_strategy", "payout_threshold_usd"],
    ["client_wallet_address", "client_payout_currency", "client_payout_network"],
  ];
  const body: Body = {};
  for (const [name, value] of Object.entries(next)) if (old[name] !== value) body[name] = value;
  for (const group of together) {
    if (!group.some((name) => name in body)) continue;
    for (const name of group) if (next[name] !== undefined) body[name] = next[name];
  }
  return body;
}

export const changesWallet = (body: Body): boolean => "client_wallet_address" in body;

/** What is wrong already here, by the API's field names. */
export function problems(form: Form, isNew: boolean, least: string): Record<string, string> {
  const wrong: Record<string, string> = {};
  const need = (name: string, value: string): void => {
    if (value.trim() === "") wrong[name] = "is needed";
  };
  if (isNew) {
    for (
      const [name, value] of [["open_channel_id", form.openId], [
        "closed_channel_id",
        form.closedId,
      ]] as const
    ) {
      if (!/^-100\d{6,10}$/.test(value.trim())) {
        wrong[name] = "starts with -100 and has 10 to 14 characters";
      }
    }
    if (form.openId.trim() !== "" && form.openId.trim() === form.closedId.trim()) {
      wrong["closed_channel_id"] = "must be another channel than the open one";
    }
  }
  need("open_channel_title", form.openTitle);
  need("closed_channel_title", form.closedTitle);
  need("open_channel_description", form.openText);
  need("closed_channel_description", form.closedText);
  form.tiers.forEach((tier, index) => {
    const price = decimal(tier.price);
    if (!price || price.units <= 0n || price.scale > 2) {
      wrong[`sub_${index + 1}_price`] = "is a price in USD, such as 9.99";
    }
    if (!/^[1-9]\d{0,2}$/.test(tier.days.trim())) {
      wrong[`sub_${index + 1}_time`] = "is 1 to 999 days";
    }
  });
  const secret = secretIn(form.wallet);
  if (secret) {
    wrong["client_wallet_address"] =
      `This looks like ${secret}. Never share it: paste your public address.`;
  } else need("client_wallet_address", form.wallet);
  need("client_payout_network", form.network);
  need("client_payout_currency", form.currency);
  if (form.strategy === "threshold") {
    const value = decimal(form.threshold);
    const minimum = decimal(least);
    if (!value || (minimum && compare(value, minimum) < 0)) {
      wrong["payout_threshold_usd"] = `is at least ${least} USD`;
    }
  }
  return wrong;
}
