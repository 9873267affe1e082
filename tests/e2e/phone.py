"""Real Chromium the size of a phone."""

import os
import shutil
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.e2e.stage import CODE, Service, Sink, code_in

# As long as a machine that is busy with other things may take; what is quicker does not wait.
PATIENCE_MS = 20_000
# Python in the browser, on a machine that is busy with other things.
STARTS_WITHIN_MS = 90_000
expect.set_options(timeout=PATIENCE_MS)

SIZE = {"width": 390, "height": 844}

ARGUMENTS = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

LISTEN = """
window.addEventListener('securitypolicyviolation', (event) =>
    console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI}`));
"""


def chromium_path() -> str | None:
    """Where the distribution's Chromium is, or CHROMIUM_PATH."""
    for name in (os.environ.get("CHROMIUM_PATH"), "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    return None


def arguments(wav: str | None = None) -> list[str]:
    """How Chromium is started; its microphone hears the WAV file once, or a beep."""
    more = ["--no-sandbox"] if os.geteuid() == 0 else []
    if wav:
        more.append(f"--use-file-for-fake-audio-capture={wav}%noloop")
    return [*ARGUMENTS, *more]


def settings_of(service: Service, **more: Any) -> dict[str, Any]:
    """What a new context is opened with."""
    return {
        "base_url": service.url,
        "viewport": SIZE,
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
        "locale": "en-US",
        "timezone_id": "America/New_York",
        "permissions": ["microphone", "clipboard-read", "clipboard-write"],
        **more,
    }


@dataclass
class Phone:
    """Somebody's phone, and what its browser complained of."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def complained(self, *statuses: int) -> list[str]:
        """Errors, without lost networks, answers of these statuses, and the 401 before sign-in."""
        known = ["net::ERR_", *(f"status of {status} " for status in (401, *statuses))]
        return [each for each in self.complaints if not any(one in each for one in known)]


async def watched(context: BrowserContext) -> Phone:
    """A page in this context whose errors and policy violations are kept."""
    await context.add_init_script(LISTEN)
    page = context.pages[0] if context.pages else await context.new_page()
    phone = Phone(context, page)
    page.on("pageerror", lambda error: phone.complaints.append(f"page error: {error}"))
    page.on(
        "console",
        lambda said: phone.complaints.append(f"{said.type}: {said.text}") if said.type == "error" else None,
    )
    page.set_default_timeout(PATIENCE_MS)
    return phone


async def phone(browser: Browser, service: Service, **more: Any) -> Phone:
    """A phone nobody has signed in on."""
    return await watched(await browser.new_context(**settings_of(service, **more)))


async def without_a_screen(phone: Phone) -> None:
    """A phone that cannot screen by itself: its browser has no WebAssembly."""
    await phone.context.add_init_script("delete globalThis.WebAssembly")


async def with_a_screen(phone: Phone) -> None:
    """From Today: wait until the phone screens by itself, and come back."""
    await phone.page.get_by_role("link", name="You and settings").click()
    ready = phone.page.get_by_text("Words are screened on this phone")
    await expect(ready).to_be_visible(timeout=STARTS_WITHIN_MS)
    await phone.page.get_by_role("link", name="Back").click()


async def sign_in(phone: Phone, sink: Sink, address: str) -> None:
    """As a person does: her address, the code from her mail."""
    page = phone.page
    await page.goto("/")
    seen = len(sink.mails)
    await page.get_by_label("Your mail address").fill(address)
    await page.get_by_role("button", name="Send me a code").click()
    mail = await sink.next_to(address, saying=CODE, after=seen)
    await page.get_by_label("The code").fill(code_in(mail))
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("navigation", name="Main")).to_be_visible()
