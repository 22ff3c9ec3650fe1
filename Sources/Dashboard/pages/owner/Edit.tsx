import { FormEvent, useEffect, useState } from "react";
import {
  channel as channelAnswer,
  mappings as mappingsAnswer,
  registered,
} from "../../core/answers";
import { ask, freshKey, Problem } from "../../core/api";
import { object, text } from "../../core/decode";
import { refreshAll, useLoaded } from "../../core/query";
import { Link, useRouting } from "../../core/router";
import { plural } from "../../core/words";
import { Failure, Note, Panel, Shown } from "../../parts/basics";
import { AreaField, PasswordField, TextField } from "../../parts/form";
import { Page } from "../../parts/Shell";
import { Adviser } from "./Adviser";
import { PayoutFields } from "./PayoutFields";
import { blank, changes, changesWallet, Form, formOf, problems, registration } from "./form";

const limits = object({ threshold_least: text });
const draftName = "draft-channel";

function draft(): Form {
  try {
    const kept = sessionStorage.getItem(draftName);
    return kept === null ? blank : { ...blank, ...(JSON.parse(kept) as Partial<Form>), wallet: "" };
  } catch {
    return blank;
  }
}

export function NewChannel(): JSX.Element {
  return <Editor id={null} before={draft()} etag={null} />;
}

export function EditChannel({ id }: { id: string }): JSX.Element {
  const loaded = useLoaded(`/api/channels/${encodeURIComponent(id)}`, channelAnswer);
  const [first, setFirst] = useState(loaded.answer);
  // What was read first is what is edited: a newer version is told by the service, not merged in.
  useEffect(() => setFirst((before) => before ?? loaded.answer), [loaded.answer]);
  if (!first) {
    return (
      <Page title="Edit">
        <Shown of={loaded}>{() => null}</Shown>
      </Page>
    );
  }
  return <Editor key={first.etag} id={id} before={formOf(first.value)} etag={first.etag} />;
}

function Editor(
  { id, before, etag }: { id: string | null; before: Form; etag: string | null },
): JSX.Element {
  const { go } = useRouting();
  const [form, setForm] = useState(before);
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [key] = useState(freshKey);
  const mappings = useLoaded("/api/mappings/currency-network", mappingsAnswer);
  const rules = useLoaded("/api/limits", limits);
  const isNew = id === null;
  const least = rules.value?.threshold_least ?? "50";
  const changed = isNew ? registration(form) : changes(before, form);
  const needsPassword = !isNew && changesWallet(changed);
  const set = (part: Partial<Form>): void => setForm((now) => ({ ...now, ...part }));
  const wrong = (name: string): string | undefined => shown[name] ?? problem?.field(name);

  useEffect(() => {
    // A draft survives a reload; the wallet stays out of every storage.
    if (isNew) {
      try {
        sessionStorage.setItem(draftName, JSON.stringify({ ...form, wallet: "" }));
      } catch { /* no storage, no draft */ }
    }
  }, [form, isNew]);

  const send = async (): Promise<void> => {
    if (isNew) {
      const done = await ask("/api/channels/register", registered, {
        method: "POST",
        body: changed,
        idempotency: key,
      });
      sessionStorage.removeItem(draftName);
      go(`/channels/${done.value.channel_key}`);
    } else {
      const body = needsPassword ? { ...changed, current_password: password } : changed;
      await ask(`/api/channels/${encodeURIComponent(id)}`, channelAnswer, {
        method: "PUT",
        body,
        ifMatch: etag ?? "*",
      });
      go(`/channels/${id}`);
    }
    refreshAll();
  };

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = problems(form, isNew, least);
    setShown(found);
    setProblem(null);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    send()
      .catch((error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        setProblem(error);
      })
      .finally(() => setBusy(false));
  };

  const count = Object.keys(shown).length;
  return (
    <Page
      title={isNew ? "Add a channel" : `Edit ${before.openTitle}`}
      crumbs={
        <Link to={isNew ? "/channels" : `/channels/${id}`}>
          {isNew ? "Your channels" : before.openTitle}
        </Link>
      }
    >
      <form className="stack" onSubmit={submit} noValidate>
        <Panel title="Channels">
          {isNew && (
            <Note>
              Add the bot as an administrator of both channels, then copy their ids: forward any
              message of the channel to the bot, and it answers with the id.
            </Note>
          )}
          <div className="grid">
            <TextField
              label="Open channel id"
              value={form.openId}
              onChange={(openId) => set({ openId })}
              disabled={!isNew}
              placeholder="-1001234567890"
              inputMode="numeric"
              className="mono"
              wrong={wrong("open_channel_id")}
              hint={isNew ? "Where everybody sees your offer" : "Ids can't change"}
            />
            <TextField
              label="Paid channel id"
              value={form.closedId}
              onChange={(closedId) => set({ closedId })}
              disabled={!isNew}
              placeholder="-1009876543210"
              inputMode="numeric"
              className="mono"
              wrong={wrong("closed_channel_id")}
              hint="Where subscribers are let in"
            />
            <TextField
              label="Open channel title"
              value={form.openTitle}
              onChange={(openTitle) => set({ openTitle })}
              maxLength={100}
              wrong={wrong("open_channel_title")}
            />
            <TextField
              label="Paid channel title"
              value={form.closedTitle}
              onChange={(closedTitle) => set({ closedTitle })}
              maxLength={100}
              wrong={wrong("closed_channel_title")}
            />
            <AreaField
              label="Open channel description"
              value={form.openText}
              onChange={(openText) => set({ openText })}
              maxLength={500}
              wrong={wrong("open_channel_description")}
            />
            <AreaField
              label="Paid channel description"
              value={form.closedText}
              onChange={(closedText) => set({ closedText })}
              maxLength={500}
              wrong={wrong("closed_channel_description")}
            />
          </div>
          <AreaField
            label="Donation message (optional)"
            value={form.donation}
            onChange={(donation) => set({ donation })}
            maxLength={256}
            wrong={wrong("closed_channel_donation_message")}
            hint="10 to 256 characters, shown beside the donation button"
          />
        </Panel>
        <Panel
          title="Prices"
          actions={
            <span className="row">
              {form.tiers.length > 1 && (
                <button
                  type="button"
                  className="button tight"
                  onClick={() => set({ tiers: form.tiers.slice(0, -1) })}
                >
                  One less
                </button>
              )}
              {form.tiers.length < 3 && (
                <button
                  type="button"
                  className="button tight"
                  onClick={() => set({ tiers: [...form.tiers, { price: "", days: "30" }] })}
                >
                  Another tier
                </button>
              )}
            </span>
          }
        >
          {form.tiers.map((tier, index) => {
            const put = (part: Partial<typeof tier>): void =>
              set({
                tiers: form.tiers.map((one, at) => (at === index ? { ...one, ...part } : one)),
              });
            return (
              <div className="grid" key={index}>
                <TextField
                  label={`Tier ${index + 1}: price in USD`}
                  value={tier.price}
                  onChange={(price) => put({ price })}
                  inputMode="decimal"
                  placeholder="9.99"
                  wrong={wrong(`sub_${index + 1}_price`)}
                />
                <TextField
                  label={`Tier ${index + 1}: days`}
                  value={tier.days}
                  onChange={(days) => put({ days })}
                  inputMode="numeric"
                  wrong={wrong(`sub_${index + 1}_time`)}
                />
              </div>
            );
          })}
        </Panel>
        <PayoutFields form={form} set={set} wrong={wrong} mappings={mappings.value} least={least} />
        {form.strategy === "threshold" && !isNew && (
          <Adviser
            id={id}
            onChoose={(threshold) => set({ threshold })}
          />
        )}
        {needsPassword && (
          <Panel title="Confirm the new wallet">
            <PasswordField
              value={password}
              onChange={setPassword}
              wrong={wrong("current_password")}
              hint="Money goes there 48 hours after you save it. Until then you may keep the old wallet."
            />
          </Panel>
        )}
        {count > 0 && (
          <Note tone="bad">
            <p>{plural(count, "field needs", "fields need")} another look.</p>
          </Note>
        )}
        <Failure problem={problem} />
        {problem?.code === "version_differs" && (
          <Note tone="warn">
            <p>Somebody changed the channel meanwhile. Reload the page to see how it is now.</p>
          </Note>
        )}
        <div className="row">
          <button className="button main" disabled={isBusy || Object.keys(changed).length === 0}>
            {isBusy ? "Writing…" : isNew ? "Register the channel" : "Save changes"}
          </button>
          <Link className="button" to={isNew ? "/channels" : `/channels/${id}`}>Leave it</Link>
        </div>
      </form>
    </Page>
  );
}
