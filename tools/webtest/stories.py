"""What people do: an owner from sign-up to a replayed payout, an operator with a parked one, and
with a payment of nobody's.
"""

import hashlib
import re

from browser import Watched
from playwright.sync_api import Page, Request, expect
from stage import MONERO, WORK_BITS, Stage, eventually

PASSWORD = "Water-over-9-weirs"
CHANNEL = "-1001234567001"
PARKED = "-1001234567002"
OTHER_WALLET = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"


def proofs_of(page: Page, path: str) -> list[str | None]:
    """Gathers the work that a form is sent with from here on; None for each sending without."""
    proofs: list[str | None] = []

    def hear(request: Request) -> None:
        if request.method == "POST" and request.url.endswith(path):
            proofs.append(request.headers.get("human-check"))

    page.on("request", hear)
    return proofs


def expect_solved(proofs: list[str | None], form: str) -> None:
    """The form was refused, worked for, and sent once more with the work."""
    assert len(proofs) == 2 and proofs[0] is None and proofs[1], f"{form}: {proofs}"
    challenge, number = proofs[1].split(" ")
    assert challenge.startswith(f"{form}."), challenge
    digest = hashlib.sha256(f"{challenge}:{number}".encode()).digest()
    zeros = 256 - int.from_bytes(digest).bit_length()
    assert zeros >= WORK_BITS, f"{form}: {zeros} zeros"


def sign_up(stage: Stage, page: Page, name: str) -> None:
    """An account through the pages, its address confirmed by the mail's link."""
    page.goto("/signup")
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    proofs = proofs_of(page, "/api/auth/signup")
    page.get_by_role("button", name="Create the account").click()
    page.get_by_role("heading", name="Your channels", level=1).wait_for()
    expect_solved(proofs, "signup")
    token = stage.mailed_token("verify-email", f"{name}@example.org")
    page.goto(f"/verify-email?token={token}")
    page.get_by_role("button", name="Confirm it").click()
    page.get_by_text("Confirmed. Welcome.").wait_for()


def sign_in(page: Page, name: str) -> None:
    page.goto("/login")
    page.get_by_label("Name or e-mail").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: not url.endswith("/login"))


def add_channel(page: Page, channel: str, title: str, threshold: str) -> None:
    """Registers a channel; a private key in the wallet's place is refused before it is sent."""
    page.goto("/channels/new")
    page.get_by_label("Open channel id").fill(channel)
    page.get_by_label("Paid channel id").fill(channel.replace("-1001", "-1002"))
    page.get_by_label("Open channel title").fill(title)
    page.get_by_label("Paid channel title").fill(f"{title} Plus")
    page.get_by_label("Open channel description").fill("News of the mountains")
    page.get_by_label("Paid channel description").fill("All of them, at once")
    page.get_by_label("Tier 1: price in USD").fill("35")
    page.get_by_label("Wallet address").fill("ab" * 32)
    page.get_by_text("This looks like a private key").wait_for()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.get_by_role("button", name="Register the channel").click()
    page.get_by_text("another look").wait_for()
    assert not any("ab" * 32 in body for body in sent), "a private key left the page"
    page.get_by_label("Wallet address").fill(MONERO)
    expect(page.get_by_label("Network", exact=True)).to_have_value("XMR")
    expect(page.get_by_label("Coin", exact=True)).to_have_value("XMR")
    page.get_by_label("Threshold in USD").fill(threshold)
    proofs = proofs_of(page, "/api/channels/register")
    page.get_by_role("button", name="Register the channel").click()
    page.get_by_role("heading", name=title, level=1).wait_for()
    expect_solved(proofs, "register")


def owner(stage: Stage, seen: Watched) -> None:
    """Sign-up, registration, payments, the bar, and what the page says meanwhile."""
    page = seen.page
    page.goto("/")
    page.get_by_role("link", name="Create an account").click()
    sign_up(stage, page, "alpine")
    add_channel(page, CHANNEL, "Alpine News", "100")
    for user in (700001, 700002):
        order = stage.order(CHANNEL, 1, user)
        if user == 700001:
            page.goto(f"/pay/{order}")
            page.get_by_text("waiting for your payment").wait_for()
            page.locator(".qr svg").wait_for()
            seen.settle()
            seen.check("pay")
        stage.pay(order)
        if user == 700001:
            page.get_by_text("Your invite is on its way").wait_for()
    page.goto("/channels")
    bar = page.get_by_role("progressbar", name="Alpine News")
    expect(bar).to_have_attribute("aria-valuetext", "67.90 of 100.00")
    page.get_by_text("are missing to the threshold").wait_for()
    seen.settle()
    seen.check("channels growing")
    stage.pay(stage.order(CHANNEL, 1, 700003))
    eventually("a transfer waits for two people", lambda: stage.desk("approvals")["transfers"])


def approve(seen: Watched, name: str) -> None:
    """One person's word for what waits, bound to its digest."""
    page = seen.page
    sign_in(page, name)
    page.goto("/operate/approvals")
    page.get_by_role("button", name="Look and approve").click()
    label = page.get_by_label("Type the first word")
    word = page.locator("dialog .words code").first.inner_text()
    expect(page.get_by_role("button", name="I approve exactly this")).to_be_disabled()
    label.fill(word)
    seen.check("approve")
    page.get_by_role("button", name="I approve exactly this").click()
    page.get_by_text("Your word is in the log").wait_for()


def settled(stage: Stage, seen: Watched) -> None:
    """The payout's receipt, and the history replayed to before it was opened."""
    page = seen.page
    eventually("the payout is delivered", lambda: stage.count(CHANNEL, "accumulation.paid"))
    page.goto("/payouts")
    page.get_by_role("link", name="Payout 1").click()
    page.get_by_text("XMR", exact=False).first.wait_for()
    page.get_by_role("link", name="replayed").wait_for()
    page.goto("/channels")
    page.get_by_role("link", name="Timeline").first.click()
    page.get_by_role("slider", name="Replay to position").wait_for()
    paid = page.locator(".tile", has_text="Paid out so far")
    expect(paid).to_contain_text("101.85")
    slider = page.get_by_role("slider")
    opened = stage.desk(f"events?channel={CHANNEL}&name=batch.opened")["events"][0]["position"]
    slider.focus()
    slider.evaluate(
        """(input, value) => {
          const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
          set.call(input, value);
          input.dispatchEvent(new Event('input', { bubbles: true }));
        }""",
        str(opened - 1),
    )
    page.wait_for_url(f"**/timeline?asof={opened - 1}")
    expect(paid).to_contain_text("0.00")
    expect(page.locator(".tile", has_text="Waiting")).to_contain_text("101.85")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/timeline?asof={opened}")
    # The address alone shows the same to somebody else of the account.
    page.reload()
    expect(page.locator(".asof")).to_contain_text(f"position {opened}, replayed")


def moved(stage: Stage, seen: Watched) -> None:
    """Another wallet waits for its time, is told of by mail and on the page, and is cancelled."""
    page = seen.page
    page.goto(f"/channels/ch{CHANNEL}/edit")
    page.get_by_label("Wallet address").fill(OTHER_WALLET)
    page.get_by_label("Network", exact=True).select_option("ETH")
    page.get_by_label("Coin", exact=True).select_option("USDT")
    page.get_by_label("Your password").fill(PASSWORD)
    seen.check("another wallet")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Alpine News", level=1).wait_for()
    note = page.locator(".note", has_text="Until then money goes to your old wallet")
    expect(note).to_contain_text("it is paid out in USDT on ETH to")
    seen.settle()
    seen.check("wallet waiting")
    assert stage.desk("payout-changes")["changes"][0]["client_wallet_address"] == OTHER_WALLET
    eventually("a mail tells of it", lambda: stage.mails("payout-change-held"))
    page.get_by_role("button", name="Keep the old wallet").click()
    expect(note).to_have_count(0)
    seen.settle()
    assert stage.desk("payout-changes")["changes"] == []
    eventually("a mail tells of it", lambda: stage.mails("payout-change-cancelled"))


def parked(stage: Stage, seen: Watched) -> None:
    """An operator finds a payout that the provider sent back, tries it dry, and lets it go."""
    page = seen.page
    sign_in(page, "operator")
    page.goto("/operate")
    stage.script_swaps(behaviour="refund", times=1)
    for user in (800001, 800002):
        stage.pay(stage.order(PARKED, 1, user))
    eventually("the payout failed", lambda: stage.count(PARKED, "batch.failed"))
    page.get_by_text("Batch failed").first.wait_for()
    seen.settle()
    seen.check("overview with alarms")
    page.goto("/operate/batches?status=failed")
    page.get_by_role("link", name="Payout 1").click()
    page.get_by_role("button", name="Retry").click()
    page.get_by_text("Dry run: it would write").wait_for()
    page.get_by_label("Reason").fill("the provider's pair is open again")
    seen.check("retry")
    page.locator("dialog").get_by_role("button", name="Retry").click()
    page.get_by_text("Done:").wait_for()
    eventually("the payout is delivered", lambda: stage.count(PARKED, "batch.completed"))
    stage.script_swaps(clear=True)


def kept_right(stage: Stage, seen: Watched) -> None:
    """An operator rules on a payment of nobody's, reads a forged notice, and compares a table."""
    page = seen.page
    stage.pay_nobody()
    stage.pay_nobody(deliver="forged")
    eventually("a payment is held", lambda: stage.desk("payments?held=true")["payments"])
    page.goto("/operate")
    # Nobody asks for the page again: it hears that the log has moved.
    expect(page.get_by_role("link", name="Held payments").last).to_contain_text("1")
    page.goto("/operate/payments")
    page.get_by_text("No such order").wait_for()
    seen.settle()
    seen.check("held payments")
    page.locator("tbody a").first.click()
    page.get_by_role("button", name="Write it off").click()
    page.get_by_text("Dry run: it would write").wait_for()
    page.get_by_label("Reason").fill("nobody asks for it, and nobody can be found")
    seen.check("write off")
    page.locator("dialog").get_by_role("button", name="Write it off").click()
    page.get_by_text("Done:").wait_for()
    page.goto("/operate/inbox")
    row = page.locator("tr", has_text="forged").first
    row.get_by_role("link", name="No. ").click()
    page.get_by_role("button", name="Replay, dry").click()
    page.get_by_text("Dry run: it would write").or_(
        page.get_by_text("It would change nothing")
    ).wait_for()
    seen.settle()
    seen.check("notice")
    page.goto("/operate/projections/client_views")
    for button, ended in (("Compare", "Every row is what the log says"),
                          ("Rebuild and switch", "switched in")):
        page.get_by_role("button", name=button, exact=True).click()
        page.get_by_label("Reason").fill("to be sure")
        page.locator("dialog").get_by_role("button", name=button, exact=True).click()
        page.get_by_text(ended).wait_for()
    seen.settle()
    seen.check("rebuilt")


def compared(seen: Watched) -> None:
    """Ledger and outside are compared at an operator's word."""
    page = seen.page
    page.goto("/operate/reconciliation")
    page.get_by_role("button", name="Compare now").click()
    page.locator(".panel footer", has_text=re.compile(r"Compared \d")).wait_for()
