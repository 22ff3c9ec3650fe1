// A step chart: the value holds until the next event changes it.

import { approximate, brief, Decimal } from "../core/decimal";

export interface Step {
  readonly at: number;
  readonly value: Decimal;
}

const width = 720;
const height = 190;

/** Round values up to the top, four or five of them. */
function levels(top: number): number[] {
  const rough = top / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * unit).find((one) => one >= rough) ?? rough;
  const all: number[] = [];
  for (let value = 0; value < top; value += step) all.push(Number(value.toPrecision(6)));
  return all;
}

export function StepChart(
  { steps, end, cursor, goal, label }: {
    steps: readonly Step[];
    end: number;
    cursor?: number | null;
    goal?: Decimal | null;
    label: string;
  },
): JSX.Element {
  const first = steps[0]?.at ?? 0;
  const reach = Math.max(1, end - first);
  const most = steps.reduce((top, step) => Math.max(top, approximate(step.value)), 0);
  const top = Math.max(most, goal ? approximate(goal) : 0, 1) * 1.08;
  const x = (at: number): number => ((at - first) / reach) * width;
  const y = (value: number): number => height - (value / top) * height;
  const part = (value: number): string => `${((y(value) / height) * 100).toFixed(2)}%`;
  const path = (until: number): string => {
    let line = "";
    for (const step of steps) {
      if (step.at > until) break;
      const level = y(approximate(step.value)).toFixed(1);
      line += line === ""
        ? `M${x(step.at).toFixed(1)} ${level}`
        : `H${x(step.at).toFixed(1)}V${level}`;
    }
    return line === "" ? "" : `${line}H${x(until).toFixed(1)}`;
  };
  const rules = levels(top);
  const place = cursor ?? end;
  const shown = path(Math.max(first, place));
  const last = steps[steps.length - 1];
  return (
    <figure className="chart-box">
      <svg
        className="chart"
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {rules.map((value) => (
          <line key={value} className="rule" x1="0" x2={width} y1={y(value)} y2={y(value)} />
        ))}
        {goal && (
          <line
            className="goal"
            x1="0"
            x2={width}
            y1={y(approximate(goal))}
            y2={y(approximate(goal))}
          />
        )}
        {last && <path className="line future" d={path(end)} />}
        {shown !== "" && <path className="area" d={`${shown}V${height}H0Z`} />}
        {shown !== "" && <path className="line" d={shown} />}
        {cursor !== undefined && cursor !== null && (
          <line
            className="cursor"
            x1={x(Math.max(first, cursor))}
            x2={x(Math.max(first, cursor))}
            y1="0"
            y2={height}
          />
        )}
      </svg>
      <svg className="marks" aria-hidden="true">
        {rules.slice(1).map((value) => (
          <text key={value} x="100%" y={part(value)} dx="-4" textAnchor="end">{value}</text>
        ))}
        {goal && (
          <text className="goal" y={part(approximate(goal))} dx="4">threshold {brief(goal)}</text>
        )}
      </svg>
    </figure>
  );
}
