import { payment as paymentAnswer } from "../../core/answers";
import { Decoded } from "../../core/decode";
import { useLoaded } from "../../core/query";
import { plural } from "../../core/words";
import { Amount, Badge, Note, Shown, When } from "../../parts/basics";
import { QR } from "../../parts/QR";
import { Door } from "./Door";

/** What a subscriber sees between paying and being let in. */
export function Pay({ order }: { order: string }): JSX.Element {
  const loaded = useLoaded(`/api/pay/${encodeURIComponent(order)}`, paymentAnswer, 4000);
  const value = loaded.value;
  return (
    <Door
      title={value?.title ?? "Your payment"}
      lead={value && (
        <>
          <Amount value={value.price.amount} /> {value.price.asset} for {plural(value.days, "day")}
        </>
      )}
    >
      <Shown of={loaded}>{(payment) => <States payment={payment} />}</Shown>
    </Door>
  );
}

function States({ payment }: { payment: Decoded<typeof paymentAnswer> }): JSX.Element {
  if (payment.status === "granted") {
    return (
      <>
        <Badge tone="good">paid</Badge>
        <Note tone="good">
          <b>Your invite is on its way</b>
          <p>The bot sends it to you on Telegram. You may close this page.</p>
        </Note>
        {payment.expires_at && (
          <p className="soft">
            Your access holds until <When at={payment.expires_at} />.
          </p>
        )}
      </>
    );
  }
  if (payment.paid) {
    return (
      <>
        <Badge tone="good">paid</Badge>
        <Note tone="info">
          <p>The payment has arrived. Your access is being prepared.</p>
        </Note>
      </>
    );
  }
  if (payment.status === "invoice_failed") {
    return (
      <Note tone="bad">
        <b>The invoice couldn't be made</b>
        <p>Nothing was charged. Ask the bot for a new one.</p>
      </Note>
    );
  }
  if (payment.invoice_url === null) {
    return (
      <Note>
        <p>Your invoice is being made. This takes a few seconds.</p>
      </Note>
    );
  }
  return (
    <>
      <Badge tone="info">waiting for your payment</Badge>
      <div className="row">
        <QR text={payment.invoice_url} label="QR code of the payment page" />
      </div>
      <a className="button main wide" href={payment.invoice_url} rel="noreferrer">
        Open the payment page
      </a>
      <p className="small soft">
        Scan it with your phone, or open it here. This page follows by itself: it says so when your
        payment has arrived.
      </p>
    </>
  );
}
