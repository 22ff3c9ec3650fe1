"""A sandbox service of its own, and what happens around it: payments, mails, roles."""

import json
import os
import re
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

WAIT_SECONDS = 120
# As a live service asks of people by default.
WORK_BITS = 16
MONERO = (
    "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3"
    "XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"
)


def eventually(what: str, look: Callable[[], object]) -> object:
    """Looks until there is something; gives it."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not in {WAIT_SECONDS} s: {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stage:
    """`weir serve --sandbox --web`, with a cap that a batch of 100 USDT crosses, and forms that ask
    for the work of a browser.
    """

    def __init__(self, weir: Path, web: Path) -> None:
        self.scratch = tempfile.TemporaryDirectory(prefix="weir-web-")
        self.data = Path(self.scratch.name)
        self.base = f"http://127.0.0.1:{free_port()}"
        environment = os.environ | {
            "WEIR_BATCH_INTERVAL_SECONDS": "2",
            "WEIR_RATE_LIMITS": "off",
            "WEIR_HUMAN_CHECK_BITS": str(WORK_BITS),
            "WEIR_TRANSFER_CAPS": "90 USDT-ETH",
            "SWIFT_BACKTRACE": "enable=no",
        }
        listen = self.base.removeprefix("http://")
        self.log = (self.data / "service.log").open("wb")
        self.process = subprocess.Popen(
            [weir, "serve", "--sandbox", "--data", self.data, "--listen", listen, "--web", web],
            stderr=self.log,
            env=environment,
        )

    def __enter__(self) -> "Stage":
        try:
            eventually("the service is ready", self._is_ready)
        except BaseException:
            self.__exit__()
            raise
        self.operator_key = self._secret("operator-key")
        self.service_key = self._secret("service-key")
        addresses = json.loads((self.data / "sandbox" / "addresses.json").read_text())
        self.admin = addresses["admin"]
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
        self.scratch.cleanup()

    def _is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError((self.data / "service.log").read_text()[-2000:])
        try:
            with urllib.request.urlopen(f"{self.base}/ready", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def _secret(self, name: str) -> str:
        return (self.data / "sandbox" / name).read_text().strip()

    def call(self, method: str, url: str, body: dict | None = None, key: str | None = None) -> dict:
        request = urllib.request.Request(url, method=method)
        request.add_header("Authorization", f"Bearer {key or self.service_key}")
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, data, timeout=30) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as refusal:
            raise AssertionError(f"{method} {url}: {refusal.code} {refusal.read()!r}") from refusal

    def desk(self, path: str) -> dict:
        return self.call("GET", f"{self.base}/api/admin/{path}", key=self.operator_key)

    # What happens outside.

    def order(self, channel: str, tier: int, user: int) -> str:
        body = {"channel": channel, "tier": tier, "user_id": user}
        return self.call("POST", f"{self.base}/api/orders", body)["order_id"]

    def pay(self, order: str, **more: object) -> None:
        """Pays as a subscriber would; the provider's stand-in then sends signed notices."""
        self.call("POST", f"{self.admin}/admin/pay", {"order_id": order} | more)

    def pay_nobody(self, **more: object) -> None:
        """A payment for an order that nobody placed."""
        url = f"{self.base}/webhooks/nowpayments"
        self.pay("nobody-knows", price_amount="25", callback_url=url, **more)

    def script_swaps(self, **script: object) -> None:
        self.call("POST", f"{self.admin}/admin/changenow", script)

    def mails(self, kind: str) -> list[Path]:
        """The mails of a kind, the newest last."""
        return sorted((self.data / "mail").glob(f"*-{kind}.eml"))

    def mailed_token(self, kind: str, to: str) -> str:
        """The token in the newest mail of a kind."""

        def look() -> str | None:
            for file in reversed(self.mails(kind)):
                text = file.read_text().replace("=\r\n", "").replace("=\n", "")
                token = re.search(r"[?]token=(?:3D)?([A-Za-z0-9_.~-]+)", text)
                if to in text and token:
                    return token[1]
            return None

        return str(eventually(f"a mail {kind} to {to}", look))

    def give_role(self, name: str, role: str) -> None:
        found = [one for one in self.desk("accounts")["accounts"] if one["username"] == name]
        path = f"{self.base}/api/admin/accounts/{found[0]['user_id']}/roles"
        body = {"roles": [role], "reason": "the page tests", "actor": "webtest"}
        self.call("POST", path, body, key=self.operator_key)

    def count(self, channel: str, name: str) -> int:
        page = self.desk(f"events?channel={channel}&name={name}&limit=500")
        return len(page["events"])
