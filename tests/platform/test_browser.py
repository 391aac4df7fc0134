"""Two windows of a real browser, each signed in as somebody else, on the running platform's page.

Isolation strategy of every test here: users whose names and secrets no other test has, each in a profile of
their own; whatever a page shows is read whole, and searched for the other user's words.
"""

import shutil
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

pytestmark = pytest.mark.big
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
INSTALL = "needs the Debian packages chromium and chromium-driver, and `pip install 'cellwall[browser]'`"


class Window:
    """A browser window of one user."""

    def __init__(self, browser: Any, url: str, name: str) -> None:
        self.user_id = f"{name}-{uuid.uuid4().hex[:8]}"
        self.secret = f"secret{uuid.uuid4().hex[:12]}"
        self.context = browser.new_context(viewport={"width": 1100, "height": 760})
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(url)

    def enter(self, button: str = "#sign-up") -> None:
        self.page.fill("#name", self.user_id)
        self.page.fill("#password", "correct horse battery")
        self.page.click(button)
        self.page.wait_for_selector("#signed-in:not([hidden])")
        self.page.wait_for_selector(".dot.open")

    def ask(self, agent: str = "summary", words: str = "") -> None:
        self.page.select_option("#agent", agent)
        self.page.fill("#prompt", f"{self.secret} {words}")
        self.page.click("#ask button")

    def finished(self, count: int) -> str:
        """Wait until so many runs are done, and give everything that the page holds."""
        self.page.wait_for_function(f"document.querySelectorAll('.run.done').length >= {count}")
        return self.content()

    def content(self) -> str:
        return str(self.page.content())


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason=INSTALL)
    if CHROMIUM is None:
        pytest.skip(INSTALL)
    with ThreadPoolExecutor(1) as aside:  # playwright's synchronous half wants a thread without an event loop
        yield aside, playwright


def in_browser(browser: Any, visit: Any) -> None:
    """Run a visit with a fresh browser."""
    aside, playwright = browser

    def run() -> None:
        with playwright.sync_playwright() as driver:
            started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            try:
                visit(started)
            finally:
                started.close()

    aside.submit(run).result(timeout=240)


def test_two_windows_show_each_its_own_user(browser: Any, platform: Any) -> None:
    """Isolation strategy: both run two agents at once; neither page ever holds a word of the other's."""

    def visit(driver: Any) -> None:
        ada, bob = (Window(driver, platform.url("web"), name) for name in ("ada", "bob"))
        for window in (ada, bob):
            window.enter()
        for agent in ("summary", "triage"):
            for window in (ada, bob):
                window.ask(agent, "is the site slow")
        for me, other in ((ada, bob), (bob, ada)):
            shown = me.finished(2)
            assert shown.count(me.secret) >= 4
            assert other.secret not in shown
            assert other.user_id not in shown
            assert "agent_step" in me.page.inner_text("#events")
            assert me.errors == []

    in_browser(browser, visit)


def test_a_window_comes_back_after_the_back_end_was_away(browser: Any, platform: Any) -> None:
    """Isolation strategy: both windows lose their connections and come back, each to its own user."""

    def visit(driver: Any) -> None:
        ada, bob = (Window(driver, platform.url("web"), name) for name in ("ada", "bob"))
        for window in (ada, bob):
            window.enter()
        platform.kill("backend")
        for window in (ada, bob):
            window.page.wait_for_selector(".dot:not(.open)", state="attached")
        platform.start("backend")
        for window in (ada, bob):
            window.page.wait_for_selector(".dot.open", timeout=60_000)
            window.ask()
        for me, other in ((ada, bob), (bob, ada)):
            assert other.secret not in me.finished(1)

    in_browser(browser, visit)


def test_signing_out_leaves_nothing_for_the_next_user(browser: Any, platform: Any) -> None:
    """Isolation strategy: one window, two users after each other; the second sees nothing of the first."""

    def visit(driver: Any) -> None:
        first = Window(driver, platform.url("web"), "first")
        first.enter()
        first.ask()
        assert first.secret in first.finished(1)
        first.page.click("#sign-out")
        first.page.wait_for_selector("#signed-out:not([hidden])")
        assert first.secret not in first.content()
        gone, first.user_id = first.user_id, f"second-{uuid.uuid4().hex[:8]}"
        first.enter()
        assert gone not in first.content()
        assert first.secret not in first.content()
        assert (
            first.page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
        )

    in_browser(browser, visit)


def test_what_users_write_is_text_and_never_markup(browser: Any, platform: Any) -> None:
    """Isolation strategy: one user of the test's own, whose words would be a script if taken so."""

    def visit(driver: Any) -> None:
        window = Window(driver, platform.url("web"), "mallory")
        window.enter()
        window.ask(words="<img src=x onerror='document.title=1'>")
        assert "&lt;img" in window.finished(1)
        assert window.page.locator("#signed-in img").count() == 0

    in_browser(browser, visit)
