import { useState } from "react";
import {
  enrolment as enrolmentAnswer,
  recoveryCodes,
  sessions as sessionsAnswer,
} from "../../core/answers";
import { ask } from "../../core/api";
import { anything, Decoded } from "../../core/decode";
import { useDoing, useLoaded } from "../../core/query";
import { useSession } from "../../core/session";
import { deviceWords } from "../../core/words";
import { Badge, Failure, Note, Panel, Scroll, Shown, When } from "../../parts/basics";
import { PasswordField, TextField } from "../../parts/form";
import { QR } from "../../parts/QR";
import { Small } from "./Account";

/** Codes beside the password (TOTP), and the ten for a lost phone. */
export function Codes(): JSX.Element {
  const { me, reload } = useSession();
  const doing = useDoing();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [begun, setBegun] = useState<Decoded<typeof enrolmentAnswer> | null>(null);
  const [recovery, setRecovery] = useState<readonly string[] | null>(null);
  if (recovery) {
    return (
      <Panel
        title="Your recovery codes"
        actions={
          <button
            type="button"
            className="button tight"
            onClick={() => print()}
          >
            Print
          </button>
        }
      >
        <Note tone="warn">
          <p>Shown once. Each works once, in place of a code, when your phone is lost.</p>
        </Note>
        <pre className="secret">{recovery.join("\n")}</pre>
        <div>
          <button type="button" className="button main" onClick={() => setRecovery(null)}>
            I have them
          </button>
        </div>
      </Panel>
    );
  }
  if (begun) {
    return (
      <Small
        title="Scan, then type the code"
        button="Turn it on"
        done=""
        doing={doing}
        onSend={async () => {
          const body = { enrolment: begun.enrolment, code: code.trim() };
          const { value } = await ask("/api/account/totp/confirm", recoveryCodes, {
            method: "POST",
            body,
          });
          setRecovery(value.recovery_codes);
          setBegun(null);
          await reload();
        }}
      >
        <QR text={begun.uri} label="Code for your authenticator app" />
        <p className="small soft">
          Or type this secret: <code className="wrap-any">{begun.secret}</code>
        </p>
        <TextField
          label="Six digits"
          value={code}
          onChange={setCode}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
          required
          wrong={doing.problem?.field("code")}
        />
      </Small>
    );
  }
  const isOn = me?.totp_enabled ?? false;
  return (
    <Small
      title="Codes at sign-in"
      button={isOn ? "Turn codes off" : "Turn codes on"}
      done=""
      doing={doing}
      danger={isOn}
      onSend={async () => {
        if (isOn) {
          await ask("/api/account/totp/disable", anything, {
            method: "POST",
            body: { password, code: code.trim() },
          });
          await reload();
        } else {
          setBegun(
            (await ask("/api/account/totp", enrolmentAnswer, {
              method: "POST",
              body: { password },
            })).value,
          );
        }
        setPassword("");
        setCode("");
      }}
    >
      <p className="soft">
        {isOn
          ? `A code from your phone is asked for at each sign-in. ${
            me?.recovery_codes_left ?? 0
          } recovery codes are left.`
          : "A second proof from an app on your phone, asked for at each sign-in."}
      </p>
      <PasswordField
        value={password}
        onChange={setPassword}
        required
        wrong={doing.problem?.field("password")}
      />
      {isOn && (
        <TextField
          label="Code"
          value={code}
          onChange={setCode}
          autoComplete="one-time-code"
          required
          wrong={doing.problem?.field("code")}
        />
      )}
    </Small>
  );
}

export function Sessions(): JSX.Element {
  const loaded = useLoaded("/api/account/sessions", sessionsAnswer);
  const doing = useDoing();
  return (
    <Panel title="Where you are signed in" flush>
      <Shown of={loaded}>
        {(value) => (
          <Scroll label="Table">
            <table>
              <thead>
                <tr>
                  <th>Device</th>
                  <th>Address</th>
                  <th>Opened</th>
                  <th>Last used</th>
                  <th>
                    <span className="unseen">End it</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {value.sessions.map((one) => (
                  <tr key={one.session_id}>
                    <td title={one.device ?? undefined}>
                      {deviceWords(one.device)}{" "}
                      {one.is_current && <Badge tone="good">this one</Badge>}
                    </td>
                    <td>{one.address}</td>
                    <td>
                      <When at={one.opened} />
                    </td>
                    <td>
                      <When at={one.last_used} relative />
                    </td>
                    <td>
                      {!one.is_current && (
                        <button
                          type="button"
                          className="button tight"
                          disabled={doing.isBusy}
                          onClick={() =>
                            void doing.run(async () =>
                              void await ask(
                                `/api/account/sessions/${encodeURIComponent(one.session_id)}`,
                                anything,
                                { method: "DELETE" },
                              )
                            )}
                        >
                          End it
                        </button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Shown>
      <Failure problem={doing.problem} />
    </Panel>
  );
}
