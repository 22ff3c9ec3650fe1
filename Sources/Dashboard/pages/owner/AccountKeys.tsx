import { useState } from "react";
import { keys as keysAnswer, newKey } from "../../core/answers";
import { ask } from "../../core/api";
import { anything } from "../../core/decode";
import { useDoing, useLoaded } from "../../core/query";
import { Empty, Note, Panel, Shown, When } from "../../parts/basics";
import { SelectField, TextField } from "../../parts/form";
import { Small } from "./Account";

const terms = [["30", "30 days"], ["90", "90 days"], ["365", "a year"]] as const;

/** Keys for programs. */
export function Keys(): JSX.Element {
  const loaded = useLoaded("/api/account/keys", keysAnswer);
  const doing = useDoing();
  const [label, setLabel] = useState("");
  const [days, setDays] = useState("90");
  const [mayWrite, setMayWrite] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  return (
    <div className="grid">
      <Panel title="Keys for programs" flush>
        <Shown of={loaded}>
          {(value) =>
            value.keys.length === 0
              ? (
                <Empty icon="key" title="No key">
                  <p>A key lets a program read your channels.</p>
                </Empty>
              )
              : (
                <ul className="events">
                  {value.keys.map((one) => (
                    <li key={one.key_id} className="row between inside">
                      <span>
                        <b>{one.label}</b>
                        <br />
                        <span className="faint">
                          {one.scopes.join(" and ")}, until <When at={one.expires} />
                        </span>
                      </span>
                      <button
                        type="button"
                        className="button tight danger"
                        disabled={doing.isBusy}
                        onClick={() =>
                          void doing.run(async () =>
                            void await ask(
                              `/api/account/keys/${encodeURIComponent(one.key_id)}`,
                              anything,
                              { method: "DELETE" },
                            )
                          )}
                      >
                        Revoke
                      </button>
                    </li>
                  ))}
                </ul>
              )}
        </Shown>
      </Panel>
      <Small
        title="A new key"
        button="Make a key"
        done=""
        doing={doing}
        onSend={async () => {
          const body = {
            label: label.trim(),
            scopes: mayWrite ? ["read", "write"] : ["read"],
            days: Number(days),
          };
          setMade((await ask("/api/account/keys", newKey, { method: "POST", body })).value.key);
          setLabel("");
        }}
      >
        {made && (
          <Note tone="warn">
            <p>Shown once:</p>
            <p className="secret">{made}</p>
          </Note>
        )}
        <TextField
          label="What it is for"
          value={label}
          onChange={setLabel}
          required
          maxLength={60}
          wrong={doing.problem?.field("label")}
        />
        <SelectField label="Valid for" value={days} onChange={setDays} options={terms} />
        <label className="check">
          <input
            type="checkbox"
            checked={mayWrite}
            onChange={(event) => setMayWrite(event.target.checked)}
          />
          <span>May also change my channels</span>
        </label>
      </Small>
    </div>
  );
}
