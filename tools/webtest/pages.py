"""The pages in Chromium: three stories, then every page in light and dark, wide and narrow.

    tools/webtest/run [--quick | --all] [--shots DIR]

Fails on a page error, a CSP violation, a finding of axe, a page that scrolls sideways, or, except
with --quick, a largest paint that comes too late.
"""

import argparse
import sys
import time
from pathlib import Path

import stories
from browser import Watched, chromium, watched
from playwright.sync_api import Browser
from stage import Stage

LOOKS = (("desktop", "light"), ("phone", "dark"))
ALL_LOOKS = (*LOOKS, ("desktop", "dark"), ("phone", "light"))
# Milliseconds to the landing page's largest paint, on a slowed machine and line.
PAINT_MOST = 2_500
# What --quick looks at, of all pages.
FEW = ("landing", "channels", "overview")
ENTRY = {
    "landing": "/",
    "sign in": "/login",
    "sign up": "/signup",
    "forgot": "/forgot-password",
    "reset": "/reset-password?token=none",
    "verify": "/verify-email?token=none",
    "operator key": "/operator-key",
    "nothing": "/no/such/page",
}


def owner_pages(channel: str) -> dict[str, str]:
    return {
        "channels": "/channels",
        "channel": f"/channels/{channel}",
        "new channel": "/channels/new",
        "edit": f"/channels/{channel}/edit",
        "timeline": f"/channels/{channel}/timeline?asof=40",
        "payouts": "/payouts",
        "receipt": f"/payouts/{channel}/{channel}-b1",
        "exports": "/exports",
        "account": "/account",
    }


def operator_pages(channel: str, head: int) -> dict[str, str]:
    return {
        "overview": "/operate",
        "sagas": "/operate/sagas",
        "sagas replayed": f"/operate/sagas?asof={head // 2}",
        "saga": f"/operate/sagas/{channel}-b1",
        "batches": f"/operate/batches?asof={head // 2}",
        "transfers": "/operate/transfers",
        "approvals": "/operate/approvals",
        "held payments": "/operate/payments?which=all",
        "reconciliation": "/operate/reconciliation",
        "inbox": "/operate/inbox",
        "lanes": "/operate/lanes",
        "log": f"/operate/log?asof={head}",
        "event": f"/operate/log/{head}",
        "balance": f"/operate/balance?asof={head // 2}",
        "clients": "/operate/channels",
        "client": f"/operate/timeline/{channel}",
        "projections": "/operate/projections",
        "rows": "/operate/projections/sagas",
        "accounts": "/operate/accounts",
    }


def tour(seen: Watched, pages: dict[str, str]) -> None:
    for name, path in pages.items():
        seen.page.goto(path)
        seen.settle()
        seen.check(name)


def largest_paint(browser: Browser, base: str) -> float:
    """Milliseconds until the landing page's largest paint: 4 times slower, 1.6 Mbit/s."""
    with watched(browser, base) as seen:
        wire = seen.page.context.new_cdp_session(seen.page)
        wire.send("Network.enable")
        wire.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 150, "downloadThroughput": 200_000,
             "uploadThroughput": 94_000},
        )
        wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        seen.page.goto("/", wait_until="networkidle")
        return seen.page.evaluate(
            """() => new Promise((resolve) => new PerformanceObserver((list) =>
              resolve(list.getEntries().at(-1).startTime)
            ).observe({ type: 'largest-contentful-paint', buffered: true }))"""
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weir", type=Path, required=True)
    parser.add_argument("--web", type=Path, required=True)
    parser.add_argument("--shots", type=Path)
    parser.add_argument("--all", action="store_true", help="also dark and wide, light and narrow")
    parser.add_argument("--quick", action="store_true", help="the stories, and three pages")
    wish = parser.parse_args()
    faults: list[str] = []
    checks = 0
    began = time.monotonic()
    with Stage(wish.weir, wish.web) as stage, chromium() as browser:
        with watched(browser, stage.base, shots=wish.shots) as owner:
            stories.owner(stage, owner)
            for name, role in (("ada", "approver"), ("ben", "approver"), ("operator", "operator")):
                with watched(browser, stage.base) as other:
                    stories.sign_up(stage, other.page, name)
                    faults += other.faults
                stage.give_role(name, role)
            for name in ("ada", "ben"):
                with watched(browser, stage.base, shots=wish.shots) as approver:
                    stories.approve(approver, name)
                    faults += approver.faults
            stories.settled(stage, owner)
            stories.moved(stage, owner)
            stories.add_channel(owner.page, stories.PARKED, "Daily Chess", "50")
            owner_state = owner.page.context.storage_state()
            faults += owner.faults
        with watched(browser, stage.base, shots=wish.shots) as operator:
            stories.parked(stage, operator)
            stories.kept_right(stage, operator)
            if not wish.quick:
                stories.compared(operator)
            operator_state = operator.page.context.storage_state()
            faults += operator.faults
        print(f"three stories told after {time.monotonic() - began:.0f} s", flush=True)
        channel = f"ch{stories.CHANNEL}"
        head = stage.desk("events?limit=1")["position"]
        for size, theme in ALL_LOOKS if wish.all or wish.quick else LOOKS:
            for listed, state in (
                (ENTRY, None),
                (owner_pages(channel), owner_state),
                (operator_pages(channel, head), operator_state),
            ):
                pages = {
                    name: path for name, path in listed.items() if name in FEW or not wish.quick
                }
                with watched(browser, stage.base, size, theme, wish.shots, state) as seen:
                    tour(seen, pages)
                    faults += seen.faults
                    checks += len(pages)
        paint = ""
        if not wish.quick:
            # The best of three: what else runs here only makes it later.
            best = min(largest_paint(browser, stage.base) for _ in range(3))
            paint = f"; largest paint at {best:.0f} ms"
            if best > PAINT_MOST:
                faults.append(f"the landing page's largest paint comes after {best:.0f} ms")
    took = time.monotonic() - began
    print(f"{checks} pages looked at after {took:.0f} s{paint}")
    for fault in dict.fromkeys(faults):
        print(fault)
    if faults:
        sys.exit(1)


if __name__ == "__main__":
    main()
