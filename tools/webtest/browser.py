"""A browser that notices: page errors, CSP violations, axe's findings, sideways scrolling."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium-headless-shell"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
# The longest that anything is waited for: only a fault takes so long, however busy the machine.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)
# What 401 and 404 look like in the console is no fault of a page that asks whether it is signed in.
EXPECTED = "Failed to load resource: the server responded with a status of"


class Watched:
    """A page and everything that went wrong on it."""

    def __init__(self, page: Page, name: str, shots: Path | None) -> None:
        self.page = page
        self.name = name
        self.shots = shots
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"{name}: page error: {error}"))
        page.on("console", self._hear)
        page.set_default_timeout(PATIENCE)

    def _hear(self, message: object) -> None:
        kind, text = message.type, message.text  # type: ignore[attr-defined]
        if kind == "error" and not text.startswith(EXPECTED):
            self.faults.append(f"{self.name}: console: {text}")
        if "Content Security Policy" in text:
            self.faults.append(f"{self.name}: CSP: {text}")

    def settle(self) -> None:
        """Waits until nothing says that it is loading."""
        self.page.wait_for_load_state("load")
        self.page.locator("h1").first.wait_for()
        self.page.wait_for_function(
            "() => !document.querySelector('.loading') && document.fonts.status === 'loaded'"
        )

    def check(self, what: str) -> None:
        """Axe, sideways scrolling and a picture of what is shown now."""
        name = f"{what} {self.name}"
        for finding in Axe().run(self.page).response["violations"]:
            where = "; ".join(str(node["target"]) for node in finding["nodes"][:3])
            self.faults.append(f"{name}: axe {finding['id']}: {finding['help']}: {where}")
        wide = self.page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wide > 0:
            self.faults.append(f"{name}: scrolls sideways by {wide} px")
        if self.shots is not None:
            self.shots.mkdir(parents=True, exist_ok=True)
            file = name.replace(" ", "-").replace("/", "_")
            self.page.screenshot(path=self.shots / f"{file}.png", full_page=True)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def watched(
    browser: Browser,
    base: str,
    size: str = "desktop",
    theme: str = "light",
    shots: Path | None = None,
    state: dict | None = None,
) -> Iterator[Watched]:
    """A page of its own session, or of one that another page left in `state`."""
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=base,
        viewport={"width": width, "height": height},
        color_scheme=theme,
        reduced_motion="reduce",
        storage_state=state,
    )
    seen = Watched(context.new_page(), f"{size} {theme}", shots)
    try:
        yield seen
    except Exception:
        # What a person would look at first.
        print(f"At {seen.page.url} stood:\n{seen.page.locator('body').inner_text()[:3000]}")
        for fault in seen.faults:
            print(fault)
        raise
    finally:
        context.close()
