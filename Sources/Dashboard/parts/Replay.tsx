import { useEffect, useRef, useState } from "react";
import { useHealth } from "../core/live";
import { useQueryValue } from "../core/router";
import { Panel } from "./basics";

/** The `asof` of the page's address, null for now, and the panel that moves it. */
export function useReplay(): { asof: number | null; replay: JSX.Element } {
  const head = useHealth()?.position ?? 0;
  const [text, setText] = useQueryValue("asof");
  const asof = text === null ? null : Number.parseInt(text, 10) || 0;
  const replay = (
    <Panel title="Replay">
      <Replay
        value={asof ?? head}
        from={1}
        to={head}
        chosen={asof}
        onChange={(value) => setText(value === null ? null : String(value))}
      />
    </Panel>
  );
  return { asof, replay };
}

/** The slider over positions; null is "now". By keyboard as well: arrows, page keys, Home, End. */
export function Replay(
  { value, from, to, chosen, onChange }: {
    value: number;
    from: number;
    to: number;
    chosen: number | null;
    onChange: (value: number | null) => void;
  },
): JSX.Element {
  const [shown, setShown] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => setShown(value), [value]);
  useEffect(() => () => {
    if (timer.current !== null) clearTimeout(timer.current);
  }, []);
  // The knob moves at once; the page follows when it rests.
  const move = (next: number): void => {
    const bounded = Math.max(from, Math.min(to, next));
    setShown(bounded);
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(bounded >= to ? null : bounded), 120);
  };
  return (
    <div className="replay">
      <button
        type="button"
        className="button tight"
        onClick={() => move(shown - 1)}
        disabled={shown <= from}
      >
        Back
      </button>
      <input
        type="range"
        aria-label="Replay to position"
        aria-valuetext={`position ${shown} of ${to}`}
        min={from}
        max={Math.max(from, to)}
        value={shown}
        onChange={(event) => move(Number(event.target.value))}
      />
      <div className="row">
        <button
          type="button"
          className="button tight"
          onClick={() => move(shown + 1)}
          disabled={shown >= to}
        >
          On
        </button>
        <button
          type="button"
          className="button tight"
          onClick={() => move(to)}
          disabled={chosen === null}
        >
          Now
        </button>
      </div>
    </div>
  );
}
