import { Mappings } from "../../core/answers";
import { networksOf, secretIn } from "../../core/wallet";
import { Note, Panel } from "../../parts/basics";
import { SelectField, TextField } from "../../parts/form";
import { Form } from "./form";

/** Where the money goes and when: wallet, network, coin, and the threshold. */
export function PayoutFields(
  { form, set, wrong, mappings, least }: {
    form: Form;
    set: (part: Partial<Form>) => void;
    wrong: (name: string) => string | undefined;
    mappings: Mappings | null;
    least: string;
  },
): JSX.Element {
  const secret = secretIn(form.wallet);
  const possible = networksOf(form.wallet).filter((one) =>
    !mappings || one in mappings.networks_with_names
  );
  const networks = Object.entries(mappings?.networks_with_names ?? {});
  const coins = mappings?.network_to_currencies[form.network] ?? [];

  const chooseNetwork = (network: string): void => {
    const offered = mappings?.network_to_currencies[network] ?? [];
    const keeps = offered.some((one) => one.currency === form.currency);
    set({
      network,
      currency: keeps
        ? form.currency
        : (offered.length === 1 ? offered[0]?.currency : undefined) ?? "",
    });
  };
  const typeWallet = (wallet: string): void => {
    set({ wallet });
    const found = networksOf(wallet).filter((one) =>
      !mappings || one in mappings.networks_with_names
    );
    // One possible network is taken; of several, a person chooses.
    if (found.length === 1 && found[0] && secretIn(wallet) === null) chooseNetwork(found[0]);
  };

  return (
    <Panel title="Payouts">
      <TextField
        label="Wallet address"
        value={form.wallet}
        onChange={typeWallet}
        className="mono"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        wrong={secret
          ? `This looks like ${secret}. It was not sent. Paste your public address in its place.`
          : wrong("client_wallet_address")}
        hint="Your public address. Never a private key or seed phrase."
      />
      {!secret && form.wallet.trim() !== "" && (
        <Note tone={possible.length === 0 ? "warn" : "info"}>
          <p role="status">
            {possible.length === 0 &&
              "No known network has addresses like this one. Check it again."}
            {possible.length === 1 &&
              `This is an address of ${
                mappings?.networks_with_names[possible[0] ?? ""] ?? possible[0]
              }.`}
            {possible.length > 1 &&
              `Addresses like this one exist on ${
                possible.join(", ")
              }. Choose the network you want to be paid on.`}
          </p>
        </Note>
      )}
      <div className="grid">
        <SelectField
          label="Network"
          value={form.network}
          onChange={chooseNetwork}
          wrong={wrong("client_payout_network")}
          options={[
            ["", "Choose…"],
            ...networks.map(([code, name]) =>
              [code, name === code ? code : `${name} (${code})`] as const
            ),
          ]}
        />
        <SelectField
          label="Coin"
          value={form.currency}
          onChange={(currency) => set({ currency })}
          wrong={wrong("client_payout_currency")}
          options={[
            ["", form.network === "" ? "Choose a network first" : "Choose…"],
            ...coins.map((one) =>
              [
                one.currency,
                one.currency_name && one.currency_name !== one.currency
                  ? `${one.currency_name} (${one.currency})`
                  : one.currency,
              ] as const
            ),
          ]}
        />
      </div>
      <fieldset className="choice">
        <legend className="unseen">When to pay out</legend>
        <label>
          <input
            type="radio"
            name="strategy"
            checked={form.strategy === "threshold"}
            onChange={() => set({ strategy: "threshold" })}
          />
          <b>From a threshold on</b>
          <span>
            Payments gather, locked in USDT, and go out together: one network fee for all. Best for
            Monero and other coins with high fees.
          </span>
        </label>
        <label>
          <input
            type="radio"
            name="strategy"
            checked={form.strategy === "instant"}
            onChange={() => set({ strategy: "instant" })}
          />
          <b>At once</b>
          <span>Each payment goes out as it comes. You pay the network fee each time.</span>
        </label>
      </fieldset>
      {form.strategy === "threshold" && (
        <TextField
          label="Threshold in USD"
          value={form.threshold}
          onChange={(threshold) => set({ threshold })}
          inputMode="decimal"
          wrong={wrong("payout_threshold_usd")}
          hint={`At least ${least} USD; 100 to 500 suits most channels.`}
        />
      )}
    </Panel>
  );
}
