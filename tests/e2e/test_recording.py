"""A recording survives the phone: killed in the middle, gone on with, cut off while sent, heard whole."""

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Error, Playwright, Route, async_playwright, expect

from tests.e2e.people import Three
from tests.e2e.phone import Phone, arguments, phone, settings_of, sign_in, watched
from tests.e2e.spoken import write_wav
from tests.e2e.stage import Service, Sink
from tests.e2e.waiting import until

# With the lost last answer the connection breaks three times.
CUTS = 2
PART_S = 4


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav(tmp_path_factory.mktemp("voice") / "voice.wav")


@pytest.fixture
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as running:
        yield running


def process_with(argument: str) -> int:
    """The browser itself that was started with this argument, not one of its helpers."""
    for folder in Path("/proc").iterdir():
        try:
            said = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if argument in said and not any(word.startswith("--type=") for word in said):
            return int(folder.name)
    raise AssertionError("no such browser")


class Pocket:
    """A phone whose battery can fall out: nothing is told to the page."""

    def __init__(self, playwright: Playwright, chromium: str, service: Service, folder: Path, wav: Path):
        self.playwright, self.chromium, self.service = playwright, chromium, service
        self.folder, self.wav = folder, wav
        self.context: BrowserContext | None = None

    async def on(self) -> Phone:
        self.context = await self.playwright.chromium.launch_persistent_context(
            str(self.folder),
            executable_path=self.chromium,
            args=arguments(str(self.wav)),
            **settings_of(self.service),
        )
        return await watched(self.context)

    async def die(self) -> None:
        assert self.context
        os.kill(process_with(f"--user-data-dir={self.folder}"), signal.SIGKILL)
        # What is dead may not answer.
        with contextlib.suppress(Error):
            await self.context.close()
        self.context = None

    async def off(self) -> None:
        if self.context:
            await self.context.close()
            self.context = None


@pytest.fixture
async def pocket(
    playwright: Playwright, chromium: str, server: Service, tmp_path: Path, recording: Path
) -> AsyncIterator[Pocket]:
    holder = Pocket(playwright, chromium, server, tmp_path / "phone", recording)
    yield holder
    await holder.off()


class Weak:
    """A connection that breaks while a recording goes out, and once just before the last answer comes."""

    def __init__(self) -> None:
        self.cuts = 0
        self.is_finish_lost = False

    async def __call__(self, route: Route) -> None:
        if route.request.method == "PATCH" and self.cuts < CUTS:
            self.cuts += 1
            await route.abort()
        elif route.request.url.endswith("/finish") and not self.is_finish_lost:
            self.is_finish_lost = True
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()


async def the_question(people: Three) -> Any:
    mine = await people.teacher.ask("GET", "/api/threads?box=mine")
    (row,) = mine["items"]
    return await people.teacher.ask("GET", f"/api/threads/{row['id']}")


async def test_a_killed_take_goes_on_and_is_heard_whole(
    pocket: Pocket, browser: Browser, server: Service, sink: Sink, people: Three
) -> None:
    dana = await pocket.on()
    await sign_in(dana, sink, people.teacher.email)
    # A browser writes its cookies down when it is closed; this is about a day after signing in.
    await pocket.off()
    dana = await pocket.on()
    await dana.page.goto("/today")
    await dana.page.get_by_role("link", name="Ask by voice").click()
    await expect(dana.page.get_by_role("timer")).to_have_text(f"0:0{PART_S}")
    # The next piece is on the disk a second after the last one.
    await asyncio.sleep(0.5)
    await pocket.die()

    dana = await pocket.on()
    await dana.page.goto("/today")
    await dana.page.get_by_role("link", name="The phone stopped us at").click()
    await expect(dana.page.get_by_text("It is all here. Go on, send or discard?")).to_be_visible()
    await dana.page.get_by_role("button", name="Go on").click()
    await expect(dana.page.get_by_role("timer")).to_have_text(f"0:0{2 * PART_S}")
    await dana.page.get_by_role("button", name="Done").click()
    heard = dana.page.get_by_role("slider", name="Your recording")
    length_s = int(await heard.get_attribute("aria-valuemax") or 0)
    assert 2 * PART_S - 1 <= length_s <= 2 * PART_S + 2

    weak = Weak()
    await dana.page.route("**/api/voice/**", weak)
    send = dana.page.get_by_role("button", name="Send")
    await send.click()
    no = dana.page.get_by_role("button", name="No, no name was said")
    await expect(no).to_be_focused()
    await no.click()
    await send.click()
    await expect(dana.page.get_by_role("heading", name="Sent")).to_be_visible(timeout=60_000)
    assert (weak.cuts, weak.is_finish_lost) == (CUTS, True)
    assert dana.complained() == []

    async def is_ready() -> bool:
        return bool((await the_question(people))["messages"][0]["voice"]["state"] == "ready")

    await until(is_ready)
    thread = await the_question(people)
    assert len(thread["messages"]) == 1
    voice = thread["messages"][0]["voice"]
    assert abs(voice["duration_ms"] / 1000 - length_s) < 0.7
    # Something is heard in both halves: nothing was lost where the phone died.
    assert max(voice["peaks"][:60]) > 60
    assert max(voice["peaks"][60:]) > 60

    ruth = await phone(browser, server)
    await sign_in(ruth, sink, people.mentor.email)
    await ruth.page.goto(f"/threads/{thread['id']}")
    await ruth.page.get_by_role("button", name="Play Dana’s voice").click()
    for _ in range(2):
        await ruth.page.get_by_role("button", name="Speed, now").click()
    audio = ruth.page.locator("audio").first
    await expect(audio).to_have_js_property("playbackRate", 1.5)
    await expect(audio).to_have_js_property("ended", True)
    assert abs(await audio.evaluate("audio => audio.duration") - length_s) < 0.8


async def test_a_discarded_take_comes_back_for_ten_seconds(
    browser: Browser, server: Service, sink: Sink, people: Three
) -> None:
    dana = await phone(browser, server)
    await sign_in(dana, sink, people.teacher.email)
    page = dana.page
    await page.get_by_role("link", name="Ask by voice").click()
    await expect(page.get_by_role("timer")).to_have_text("0:02")
    await page.get_by_role("button", name="Discard").click()
    # Nothing goes by one tap.
    await expect(page.get_by_text("of talking?")).to_be_visible()
    await page.get_by_role("button", name="Discard").click()
    await expect(page.get_by_role("heading", name="day")).to_be_visible()
    await expect(page.get_by_role("link", name="Your recording of")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    # Stopping takes a moment of its own, so the take may be a second longer than when it was tapped.
    await expect(
        page.get_by_text(re.compile(r"^Your recording of 0:0[234] is all here\. Go on"))
    ).to_be_visible()
    assert dana.complained() == []


async def test_a_microphone_that_is_taken_away_leaves_the_take(
    browser: Browser, server: Service, sink: Sink, people: Three
) -> None:
    dana = await phone(browser, server)
    await dana.context.add_init_script(
        """const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wish) => (window.given = await ask(wish));"""
    )
    await sign_in(dana, sink, people.teacher.email)
    await dana.page.get_by_role("link", name="Ask by voice").click()
    await expect(dana.page.get_by_role("timer")).to_have_text("0:02")
    await dana.page.evaluate("() => given.getTracks()[0].dispatchEvent(new Event('ended'))")
    await expect(dana.page.get_by_text("The phone stopped us at 0:02. It is all here.")).to_be_visible()
