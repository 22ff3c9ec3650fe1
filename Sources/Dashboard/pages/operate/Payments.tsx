import { useState } from "react";
import {
  HeldPayment,
  heldPayments as heldPaymentsAnswer,
  Outcome,
  payment as paymentAnswer,
} from "../../core/deskAnswers";
import { query } from "../../core/api";
import { useLoaded } from "../../core/query";
import { Link, useQueryValue } from "../../core/router";
import { useSession } from "../../core/session";
import { capital, plain } from "../../core/words";
import { ActWindow, Allowed, DoneNote, ExtraField } from "../../parts/Act";
import { Amount, Badge, Empty, Note, Panel, Position, Shown, When } from "../../parts/basics";
import { Happened } from "../../parts/Events";
import { SelectField, TextField } from "../../parts/form";
import { useReplay } from "../../parts/Replay";
import { Page } from "../../parts/Shell";
import { Table } from "../../parts/Table";

/** Why a payment waits, for people. */
const reasons: Record<string, string> = {
  unknown_status: "The provider said a word that isn't known",
  other_environment: "Its order is another environment's",
  unknown_order: "No such order",
  unknown_channel: "No such channel",
  no_tier_of_that_price: "No tier has that price",
  several_tiers_of_that_price: "Several tiers have that price",
  child_payment: "A repeated deposit, or one in another coin",
  zero_paid: "Nothing was paid",
  outcome_missing: "The provider doesn't say what arrived",
  amount_out_of_range: "An amount that can't be",
  unknown_outcome_asset: "What arrived is in an unknown coin",
  outcome_not_convertible: "What arrived can't be converted",
  below_tolerance: "Less was paid than asked for",
  valuation_failed: "No rate was found",
};

const words: Record<string, string> = {
  accept: "Accept as paid",
  refund: "Book its refund",
  uphold: "Let the booking stand",
  "write-off": "Write it off",
};

const help: Record<string, string> = {
  accept: "Books it as if the provider had said that it is finished.",
  refund: "Notes that the money went back. Where it was booked already, the booking is undone.",
  uphold: "The provider says something else by now; what was booked stands all the same.",
  "write-off": "Gives it up: nothing is booked, and nobody is asked any more.",
};

const fields: Record<string, readonly ExtraField[]> = {
  accept: [
    {
      name: "order",
      label: "Order it pays for",
      hint: "Only where the payment doesn't say so itself, or says two.",
      isNeeded: false,
    },
    {
      name: "rate",
      label: "USDT for one of the coin",
      hint: "Only where no USDT arrived.",
      isNeeded: false,
    },
  ],
  refund: [
    {
      name: "transaction",
      label: "What sent it back",
      hint: "The transaction's hash, or the provider's reference.",
      isNeeded: true,
    },
  ],
};

const why = (one: HeldPayment): string => reasons[one.reason] ?? capital(plain(one.reason));

function State({ held }: { held: HeldPayment }): JSX.Element {
  return (
    <Badge tone={held.is_waiting ? "bad" : held.state === "booked" ? "good" : "plain"}>
      {plain(held.state)}
    </Badge>
  );
}

/** What is known to have arrived, leading to the fact that says so. */
function Arrived({ held }: { held: HeldPayment }): JSX.Element {
  if (held.amount === null) return <span className="faint">not known</span>;
  return (
    <Link to={`/operate/log/${held.position}`}>
      <Amount value={held.amount} asset={held.asset ?? ""} exact />
    </Link>
  );
}

function Client({ channel }: { channel: string | null }): JSX.Element {
  if (channel === null) return <span className="faint">nobody known</span>;
  return (
    <Link to={`/operate/timeline/${channel}`}>
      <code>{channel}</code>
    </Link>
  );
}

/** Payments that couldn't be booked, or were taken back: a person's word ends the wait. */
export function HeldPayments(): JSX.Element {
  const [which, setWhich] = useQueryValue("which");
  const [channel, setChannel] = useQueryValue("channel");
  const { asof, replay } = useReplay();
  const held = which === "all" ? null : true;
  const loaded = useLoaded(
    `/api/admin/payments${query({ held, channel, limit: 200, asof })}`,
    heldPaymentsAnswer,
  );
  return (
    <Page
      title="Held payments"
      position={loaded.value?.position}
      replayed={asof !== null}
      lead="What couldn't be booked by itself waits here, and is never booked twice."
    >
      {replay}
      <div className="filters">
        <SelectField
          label="Show"
          className="slim"
          value={which ?? ""}
          onChange={setWhich}
          options={[["", "Those that wait"], ["all", "All that ever waited"]]}
        />
        <TextField
          label="Channel key"
          className="slim"
          value={channel ?? ""}
          onChange={setChannel}
          placeholder="ch-100…"
        />
      </div>
      <Panel title="Payments, held first comes first" flush>
        <Shown of={loaded}>
          {(value) =>
            value.payments.length === 0
              ? (
                <Empty icon="check" title="No payment waits">
                  <p>Every payment that arrived was booked.</p>
                </Empty>
              )
              : (
                <Table
                  rows={value.payments}
                  name={(one) => one.payment}
                  columns={[
                    {
                      title: "Payment",
                      cell: (one) => (
                        <Link to={`/operate/payments/${one.payment}`}>{one.payment}</Link>
                      ),
                    },
                    { title: "State", cell: (one) => <State held={one} /> },
                    { title: "Why", cell: why },
                    {
                      title: "Arrived",
                      isNumber: true,
                      cell: (one) => <Arrived held={one} />,
                    },
                    { title: "Client", cell: (one) => <Client channel={one.channel} /> },
                    { title: "Since", cell: (one) => <When at={one.since} relative /> },
                  ]}
                />
              )}
        </Shown>
      </Panel>
    </Page>
  );
}

/** One payment: why it waits, what a person may say, all that happened. */
export function Payment({ id }: { id: string }): JSX.Element {
  const loaded = useLoaded(`/api/admin/payments/${encodeURIComponent(id)}`, paymentAnswer);
  const { mayOperate } = useSession();
  const [action, setAction] = useState<string | null>(null);
  const [done, setDone] = useState<Outcome | null>(null);
  return (
    <Page
      title="Payment"
      position={loaded.value?.position}
      crumbs={<Link to="/operate/payments">Held payments</Link>}
      lead={<code>{id}</code>}
    >
      {done && <DoneNote done={done} />}
      <Shown of={loaded}>
        {(value) => (
          <>
            {value.held
              ? <HeldFacts held={value.held} />
              : <Note>This payment was booked by itself, and never waited.</Note>}
            <Allowed
              actions={value.actions}
              words={words}
              mayOperate={mayOperate}
              onChoose={setAction}
            />
            <Happened events={value.events} />
          </>
        )}
      </Shown>
      {action && (
        <ActWindow
          subject={`payment ${id}`}
          word={words[action] ?? action}
          help={help[action] ?? ""}
          path={`/api/admin/payments/${encodeURIComponent(id)}/${action}`}
          isDanger={action === "write-off"}
          fields={fields[action] ?? []}
          onClose={() => setAction(null)}
          onDone={(outcome) => {
            setDone(outcome);
            setAction(null);
          }}
        />
      )}
    </Page>
  );
}

function HeldFacts({ held }: { held: HeldPayment }): JSX.Element {
  return (
    <Panel title={why(held)} actions={<State held={held} />} alert={held.is_waiting}>
      <dl className="facts">
        <dt>Arrived</dt>
        <dd>
          <Arrived held={held} />
        </dd>
        <dt>Client</dt>
        <dd>
          <Client channel={held.channel} />
        </dd>
        <dt>Held</dt>
        <dd>
          <When at={held.held_at} />
        </dd>
        <dt>In this state since</dt>
        <dd>
          <When at={held.since} />, <Position at={held.position} />
        </dd>
        {held.ruling && <dt>Ruling</dt>}
        {held.ruling && <dd>{held.ruling}</dd>}
        {held.tx_hash && <dt>Sent back by</dt>}
        {held.tx_hash && (
          <dd>
            <code className="wrap-any">{held.tx_hash}</code>
          </dd>
        )}
      </dl>
    </Panel>
  );
}
