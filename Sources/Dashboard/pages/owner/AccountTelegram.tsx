import { useState } from "react";
import { telegramLink } from "../../core/answers";
import { ask } from "../../core/api";
import { anything, Decoded } from "../../core/decode";
import { useDoing } from "../../core/query";
import { useSession } from "../../core/session";
import { Copy, Note, When } from "../../parts/basics";
import { PasswordField } from "../../parts/form";
import { Small } from "./Account";

/** Who in Telegram may do there what the account's owner may. */
export function Telegram(): JSX.Element {
  const { me, reload } = useSession();
  const doing = useDoing();
  const [password, setPassword] = useState("");
  const [link, setLink] = useState<Decoded<typeof telegramLink> | null>(null);
  const user = me?.telegram_user ?? null;
  if (user) {
    return (
      <Small
        title="Telegram"
        button="Take it off"
        done=""
        doing={doing}
        danger
        onSend={async () => {
          await ask("/api/account/telegram", anything, { method: "DELETE" });
          setLink(null);
          await reload();
        }}
      >
        <p className="soft">
          The Telegram user {user} may change your channels by the bot's DATABASE form.
        </p>
      </Small>
    );
  }
  return (
    <Small
      title="Telegram"
      button="Link my Telegram user"
      done=""
      doing={doing}
      onSend={async () => {
        const { value } = await ask("/api/account/telegram", telegramLink, {
          method: "POST",
          body: { password },
        });
        setLink(value);
        setPassword("");
      }}
    >
      <p className="soft">
        You get words to say to the bot. Whoever says them may change your channels there, with
        the same wait for another wallet.
      </p>
      {link && (
        <Note tone="warn">
          <p>
            Say this to the bot, once, until <When at={link.expires} />, and tell nobody:
          </p>
          <p>
            <Copy text={link.say} brief={false} />
          </p>
          <button type="button" className="button tight" onClick={() => void reload()}>
            I have said it
          </button>
        </Note>
      )}
      <PasswordField
        value={password}
        onChange={setPassword}
        required
        wrong={doing.problem?.field("password")}
      />
    </Small>
  );
}
