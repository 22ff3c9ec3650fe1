"""The story of `tools/run`: two channels, four payments, two payouts, an invite, over real HTTP.

    python3 tools/story.py --data DIR --url http://127.0.0.1:8080

Plays against a sandbox service: owners register, subscribers order, the payment provider's
stand-in sends signed notices, and everything that follows is printed as the log takes it in.
Exits 0 when the first channel's batch and the second one's payment are settled.
"""

import argparse
import base64
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

MONERO = (
    "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3"
    "XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"
)
LITECOIN = "LdP8Qox1VAhCzLJNqrr74YovaWYyNBUWvL"
STEPS_SECONDS = 120


class Story:
    def __init__(self, data: Path, url: str, has_bot: bool) -> None:
        self.has_bot = has_bot
        self.url = url
        self.key = (data / "sandbox" / "service-key").read_text().strip()
        self.admin = json.loads((data / "sandbox" / "addresses.json").read_text())["admin"]
        self.began = time.monotonic()
        self.seen: dict[str, int] = {}
        self.titles: dict[str, str] = {}

    def call(self, method: str, url: str, body: dict | None = None) -> dict:
        request = urllib.request.Request(url, method=method)
        request.add_header("Authorization", f"Bearer {self.key}")
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, data, timeout=15) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as refusal:
            sys.exit(f"story: {method} {url}: {refusal.code} {refusal.read().decode()}")

    def say(self, text: str = "") -> None:
        print(text, flush=True)

    def register(
        self, number: int, title: str, currency: str, wallet: str, threshold: int | None
    ) -> str:
        channel = f"-100{number}"
        body = {
            "open_channel_id": channel,
            "open_channel_title": title,
            "open_channel_description": f"{title}, the public side",
            "closed_channel_id": f"-200{number}",
            "closed_channel_title": f"{title} Plus",
            "closed_channel_description": f"{title}, for subscribers",
            "tier_count": 3,
            "client_wallet_address": wallet,
            "client_payout_currency": currency,
            "client_payout_network": currency,
            "payout_strategy": "instant" if threshold is None else "threshold",
        }
        for tier, price in enumerate((25, 50, 30), start=1):
            body |= {f"sub_{tier}_price": price, f"sub_{tier}_time": 30}
        if threshold is not None:
            body["payout_threshold_usd"] = threshold
        self.call("POST", f"{self.url}/api/channels/register", body)
        manner = "at once" if threshold is None else f"from {threshold} USD on"
        self.titles[channel] = title
        self.seen[channel] = 0
        self.say(f"  POST /api/channels/register   {title}: paid in {currency}, {manner}")
        return channel

    def buy(self, channel: str, tier: int, price: int, user: int) -> None:
        order = self.call(
            "POST",
            f"{self.url}/api/orders",
            {"channel": channel, "tier": tier, "user_id": user},
        )
        payment = self.call("POST", f"{self.admin}/admin/pay", {"order_id": order["order_id"]})
        self.say(
            f"  POST /api/orders              {self.titles[channel]}: {price} USD by {user},"
            f" paid as {payment['payment_id']}"
        )

    def person(self, user: int, do: str, **more: str | int) -> None:
        self.call("POST", f"{self.admin}/admin/telegram", {"user": user, "do": do, **more})

    def told(self, user: int) -> list[dict]:
        return self.call("GET", f"{self.admin}/admin/telegram?user={user}")["messages"]

    def await_button(self, user: int, label: str) -> dict:
        """The message with that button, once the bot has shown it."""
        deadline = time.monotonic() + STEPS_SECONDS
        while time.monotonic() < deadline:
            for message in reversed(self.told(user)):
                if self.has_button(message, label):
                    return message
            time.sleep(0.1)
        sys.exit(f"story: the bot shows {user} no button {label} in {STEPS_SECONDS} s")

    def chat(self, user: int, text: str) -> None:
        self.say(f"  Telegram  {user} {text}".rstrip())

    def show(self, user: int, message: dict) -> None:
        for line in filter(None, message["text"].splitlines()):
            self.chat(user, f"  | {line}")
        for row in message["buttons"]:
            self.chat(user, "  " + " ".join(f"[{button['text']}]" for button in row))

    def buy_in_chat(self, channel: str, tier: int, user: int) -> None:
        """From the link in the public channel to the payment, in the chat with the bot."""
        name = base64.urlsafe_b64encode(channel.encode()).decode().rstrip("=")
        self.chat(user, f"opens t.me/weir_sandbox_bot?start={name}_T{tier}")
        self.person(user, "say", text=f"/start {name}_T{tier}")
        self.show(user, self.await_button(user, "Launch Payment Gateway"))
        self.chat(user, "presses Launch Payment Gateway")
        self.person(user, "press", label="Launch Payment Gateway")
        message = self.await_button(user, "Open the payment page")
        self.show(user, message)
        page = next(b for row in message["buttons"] for b in row if "web_app" in b)
        invoice = page["web_app"]["url"].split("iid=")[-1]
        payment = self.call("POST", f"{self.admin}/admin/pay", {"invoice_id": invoice})
        self.chat(user, f"pays there: payment {payment['payment_id']}")

    def register_in_chat(
        self, number: int, title: str, currency: str, wallet: str, threshold: int, user: int
    ) -> str:
        """An administrator of both channels fills in the bot's form, and saves all of it."""
        channel, closed = f"-100{number}", f"-200{number}"
        for chat in (channel, closed):
            self.person(user, "promote", chat=int(chat))
        self.person(user, "say", text="/start")
        self.press(user, "DATABASE")
        self.person(user, "say", text=channel)
        self.chat(user, f"presses DATABASE and says {channel}")
        self.press(user, "Register it")
        self.press(user, "Open channel")
        self.enter(user, "Title", title)
        self.enter(user, "Description", f"{title}, the public side")
        self.press(user, "Back")
        self.press(user, "Paid channel")
        self.enter(user, "Channel id", closed)
        self.enter(user, "Title", f"{title} Plus")
        self.enter(user, "Description", f"{title}, for subscribers")
        self.press(user, "Back")
        self.press(user, "Payment tiers")
        for tier, price in enumerate((25, 50, 30), start=1):
            self.enter(user, f"Edit tier {tier}", str(price), "30")
        self.press(user, "Back")
        self.press(user, "Wallet")
        self.enter(user, "Address", wallet)
        self.enter(user, "Coin", currency)
        self.enter(user, "Network", currency)
        self.enter(user, "Threshold", str(threshold))
        self.press(user, "Back")
        form = self.await_newest(user, lambda one: self.has_button(one, "Save all"), "Save all")
        self.show(user, form)
        self.press(user, "Save all")
        self.titles[channel] = title
        self.seen[channel] = 0
        saved = "All is saved."
        self.show(user, self.await_newest(user, lambda message: saved in message["text"], saved))
        return channel

    def press(self, user: int, label: str) -> None:
        """Presses a button of the newest message, once the bot shows it there."""
        self.await_newest(user, lambda message: self.has_button(message, label), label)
        self.person(user, "press", label=label)

    def enter(self, user: int, label: str, *texts: str) -> None:
        self.press(user, label)
        for text in texts:
            seen = self.told(user)[-1]["message_id"]
            self.person(user, "say", text=text)
            self.await_newest(user, lambda message: message["message_id"] > seen, text)
        self.chat(user, f"enters {label.lower()}: {' and '.join(texts)}")

    def has_button(self, message: dict, label: str) -> bool:
        return any(button["text"] == label for row in message["buttons"] for button in row)

    def await_newest(self, user: int, is_it: Callable[[dict], bool], what: str) -> dict:
        deadline = time.monotonic() + STEPS_SECONDS
        while time.monotonic() < deadline:
            messages = self.told(user)
            if messages and is_it(messages[-1]):
                return messages[-1]
            time.sleep(0.02)
        sys.exit(f"story: the bot doesn't answer {user} with {what} in {STEPS_SECONDS} s")

    def join(self, user: int) -> None:
        message = self.told(user)[-1]
        self.show(user, message)
        lines = message["text"].splitlines()
        link = next(line for line in lines if line.startswith("https://"))
        self.person(user, "join", link=link)
        self.chat(user, "joins by the link")

    def follow(self) -> None:
        """Prints what the log has taken in since the last look."""
        for channel, title in self.titles.items():
            page = self.call(
                "GET",
                f"{self.url}/api/channels/{channel}/timeline"
                f"?limit=1000&after={self.seen[channel]}",
            )
            for entry in page["entries"]:
                self.seen[channel] = entry["position"]
                seconds = time.monotonic() - self.began
                amount = entry["amount"]
                money = f"{amount['amount']} {amount['asset']}" if amount else ""
                self.say(
                    f"  {seconds:6.1f} s  {entry['position']:>4}  {title:<13}"
                    f"{entry['name']:<28}{money:>18}  {entry['remark'] or ''}".rstrip()
                )

    def names(self, channel: str) -> list[str]:
        page = self.call("GET", f"{self.url}/api/channels/{channel}/timeline?limit=1000")
        return [entry["name"] for entry in page["entries"]]

    def until(self, channel: str, name: str, count: int = 1) -> None:
        deadline = time.monotonic() + STEPS_SECONDS
        while self.names(channel).count(name) < count:
            if time.monotonic() > deadline:
                sys.exit(f"story: no {name} of {self.titles[channel]} in {STEPS_SECONDS} s")
            self.follow()
            time.sleep(0.2)
        self.follow()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--bot", action="store_true", help="the service has a Telegram bot")
    wish = parser.parse_args()
    story = Story(wish.data, wish.url, wish.bot)
    number = int(time.time()) % 10_000_000 + 10_000_000

    story.say("Two owners register their channels:")
    if story.has_bot:
        first = story.register_in_chat(number, "Alpine News", "XMR", MONERO, 100, user=800001)
    else:
        first = story.register(number, "Alpine News", "XMR", MONERO, threshold=100)
    second = story.register(number + 1, "Daily Chess", "LTC", LITECOIN, threshold=None)
    story.say("\nTwo subscribers pay 25 and 50 USD; signed notices arrive, values are locked:")
    if story.has_bot:
        story.buy_in_chat(first, tier=1, user=700001)
    else:
        story.buy(first, tier=1, price=25, user=700001)
    story.buy(first, tier=2, price=50, user=700002)
    story.until(first, "accumulation.locked.v1", 2)
    if story.has_bot:
        story.say("\nThe bot has a one-time link for the first one, who joins by it:")
        story.until(first, "invite.delivered.v1")
        story.join(700001)
    story.say("\nThe other channel is instant: its payment is swapped and forwarded at once:")
    story.buy(second, tier=2, price=50, user=700003)
    story.until(second, "split.completed.v1")
    story.say("\nA third payment of 30 USD crosses the threshold: one batch of all three:")
    story.buy(first, tier=3, price=30, user=700004)
    story.until(first, "accumulation.paid.v1")
    balance = story.call("GET", f"{story.url}/api/channels/{first}/balance")
    line = next(b for b in balance["balances"] if b["asset"] == "USDT-ETH")
    story.say(
        f"\nGET /api/channels/{first}/balance   "
        + ", ".join(f"{name} {line[name]}" for name in line if name != "asset")
    )
    Path(wish.data / "story-channel").write_text(first)


if __name__ == "__main__":
    main()
