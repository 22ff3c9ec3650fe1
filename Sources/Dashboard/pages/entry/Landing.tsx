import { useEffect } from "react";
import { amount } from "../../core/decimal";
import { Link } from "../../core/router";
import { Badge, Bar } from "../../parts/basics";
import { Icon, IconName } from "../../parts/icons";
import { StepChart } from "../../parts/Chart";
import { Entry } from "./Door";

const sample = [
  "24.25",
  "72.75",
  "101.85",
  "126.10",
  "174.60",
  "203.70",
  "252.20",
  "300.70",
  "340.50",
]
  .map((value, index) => ({ at: index * 3 + (index % 3), value: amount(value) }));

const reasons: readonly (readonly [IconName, string, string])[] = [
  [
    "lock",
    "Locked the moment it arrives",
    "Each payment is valued and locked in USDT. What the market does until then is not your risk.",
  ],
  [
    "clock",
    "Replay any day",
    "Move the slider to any moment and see what you were owed, why, and which payment made it so.",
  ],
  [
    "approve",
    "Paid once",
    "A payout is one signature on one number. A lost answer is looked up and never guessed.",
  ],
];

export function Landing(): JSX.Element {
  useEffect(() => {
    document.title = "Weir · payouts for paid Telegram channels";
  }, []);
  return (
    <Entry>
      <section className="hero">
        <div>
          <h1>Get paid for your Telegram channel, and see every step</h1>
          <p className="lead">
            Subscribers pay in any coin. Weir books it, holds its value steady in USDT, and pays you
            in the coin you choose: at once, or together when it is worth the network fee.
          </p>
          <div className="actions">
            <Link to="/signup" className="button main">Create an account</Link>
            <Link to="/login" className="button">Sign in</Link>
          </div>
        </div>
        <div className="show" aria-hidden="true">
          <div className="panel">
            <div className="row between">
              <b>Signals Premium</b>
              <Badge tone="good">active</Badge>
            </div>
            <StepChart
              steps={sample}
              end={27}
              goal={amount("400")}
              label="An example of what gathers for a channel"
            />
            <div className="row between">
              <span>
                <b className="figures">340.50</b> <span className="soft">of 400.00 USD</span>
              </span>
              <span className="faint">85.12%</span>
            </div>
            <Bar part={amount("340.50")} whole={amount("400")} label="Example" />
            <p className="small soft">59.50 USD to the next payout, in Monero</p>
          </div>
        </div>
      </section>
      <section className="three">
        {reasons.map(([icon, title, text]) => (
          <article key={title}>
            <Icon name={icon} />
            <h2>{title}</h2>
            <p>{text}</p>
          </article>
        ))}
      </section>
    </Entry>
  );
}
