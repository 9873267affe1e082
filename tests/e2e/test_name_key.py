"""The name key: what is in it never leaves the phone, by no way and in no form."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, Request, WebSocket, async_playwright, expect

from tests.e2e.people import Three
from tests.e2e.phone import Phone, sign_in, with_a_screen, without_a_screen
from tests.e2e.pocket import Pocket
from tests.e2e.stage import Service, Sink

NAME, NICKNAME, SCHOOL = "Jonathan Pemberton", "Jojo", "Harlow Middle School"
SECRET = re.compile("jonath|pember|jojo|harlow", re.IGNORECASE)
BENT = (
    "Jonathan hit JOJO; pemberton’s mother and the Pembertons came to Harlow Middle. "
    "Jonathon Pembertan cried, and Jonáthan too. Pemberton, Jonathan: what now?"
)


class Wire:
    """All that a phone sends from now on: addresses, headers, bodies, frames; by pages and by workers."""

    def __init__(self, phone: Phone) -> None:
        self.sent: list[tuple[str, str]] = []
        phone.context.on("request", self._keep)
        phone.page.on("websocket", self._listen)

    def _keep(self, request: Request) -> None:
        body = (request.post_data_buffer or b"").decode("utf-8", "replace")
        self.sent.append((request.url, f"{request.url} {request.headers} {body}"))

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self.sent.append((socket.url, str(frame))))

    def to(self, path: str) -> list[str]:
        return [said for url, said in self.sent if url.endswith(path)]

    def with_names(self) -> list[str]:
        return [said for _, said in self.sent if SECRET.search(said)]


@pytest.fixture
async def pocket(chromium: str, server: Service, tmp_path: Path) -> AsyncIterator[Pocket]:
    async with async_playwright() as playwright:
        holder = Pocket(playwright, chromium, server, tmp_path / "phone")
        yield holder
        await holder.off()


async def say_where(page: Page) -> None:
    await page.get_by_role("button", name="Where do you work?").click()
    await page.get_by_label("Your school").fill(SCHOOL)
    await page.get_by_role("button", name="Keep on this phone").click()
    await expect(page.get_by_role("button", name="Where do you work?")).to_have_count(0)


async def add_student(page: Page) -> str:
    """A student with a private name, by the alias that was proposed; back on Today."""
    await page.get_by_role("link", name="Students").click()
    await page.get_by_role("button", name="Add a student").first.click()
    alias = await page.get_by_role("textbox", name="Alias").input_value()
    await page.get_by_label("Who it is").fill(NAME)
    await page.get_by_label("Also called").fill(NICKNAME)
    await page.get_by_role("button", name="Add the student").click()
    await expect(page.get_by_text(NAME)).to_be_visible()
    await page.get_by_role("link", name="Back").click()
    await page.get_by_role("link", name="Today").click()
    await expect(page.get_by_role("link", name="You and settings")).to_be_visible()
    return alias


async def ask(page: Page, words: str) -> None:
    await page.get_by_role("link", name="Ask a colleague").click()
    await page.get_by_role("textbox", name="Your question").fill(words)


async def replace_all(page: Page) -> None:
    """Until nothing is open: what is sure at once, then each question."""
    waits = page.get_by_role("button", name=re.compile("^(Replace|Yes, say)"))
    calm = page.get_by_text(re.compile("You are the last check|Leave one out|not screened", re.IGNORECASE))
    for _ in range(12):
        await expect(waits.or_(calm).first).to_be_visible()
        if not await waits.count():
            return
        await waits.first.click()
        await page.wait_for_timeout(700)
    raise AssertionError("it goes on asking")


@pytest.mark.parametrize("by_itself", [True, False], ids=["by the phone", "by the service"])
async def test_no_request_ever_holds_a_name_of_the_key(
    pocket: Pocket, people: Three, sink: Sink, by_itself: bool
) -> None:
    phone = await pocket.on()
    if not by_itself:
        await without_a_screen(phone)
    await sign_in(phone, sink, people.teacher.email)
    page, wire = phone.page, Wire(phone)
    if by_itself:
        await with_a_screen(phone)
    await say_where(page)
    alias = await add_student(page)

    await ask(page, BENT)
    await expect(page.locator("mark.name")).to_have_count(10)
    await replace_all(page)
    said = await page.get_by_role("textbox", name="Your question").input_value()
    assert not SECRET.search(said)
    assert alias in said
    assert "our school" in said
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    await page.get_by_role("link", name="See it").click()

    await page.get_by_role("button", name="Add to your question").click()
    field = page.get_by_role("textbox", name="Add to your question")
    await field.press_sequentially("And Jojo’s father?")
    await replace_all(page)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("log").get_by_text(f"And {alias}’s father?")).to_be_visible()

    await page.goto("/search")
    await page.get_by_label("Search what you may read").press_sequentially("jonathan father")
    await expect(page.get_by_role("listitem").filter(has_text=f"And {alias}’s father?").first).to_be_visible()

    assert wire.with_names() == []
    assert bool(wire.to("/api/screen")) is not by_itself
    assert any(alias in said for said in wire.to("/api/search"))
    assert phone.complained() == []


async def test_what_was_written_before_a_name_was_in_the_key_does_not_go_with_it(
    pocket: Pocket, people: Three, sink: Sink
) -> None:
    phone = await pocket.on()
    await without_a_screen(phone)
    await sign_in(phone, sink, people.teacher.email)
    page = phone.page
    await page.evaluate("navigator.serviceWorker.ready")
    await phone.context.set_offline(True)
    await ask(page, "How do I tell Jonathan and the family?")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    await page.get_by_role("link", name="Done").click()
    alias = await add_student(page)
    wire = Wire(phone)
    await phone.context.set_offline(False)
    await page.get_by_role("listitem").filter(has_text="Needs one look before it goes").click()
    await page.get_by_role("button", name=f"Replace with {alias}").click()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("listitem").filter(has_text="Waiting for someone")).to_be_visible()
    assert wire.with_names() == []
    [mine] = (await people.teacher.ask("GET", "/api/threads?box=mine"))["items"]
    assert mine["opening"] == f"How do I tell {alias} and the family?"


async def test_her_own_screen_shows_real_names_again_when_she_asks(
    pocket: Pocket, people: Three, sink: Sink
) -> None:
    phone = await pocket.on()
    await sign_in(phone, sink, people.teacher.email)
    page, wire = phone.page, Wire(phone)
    alias = await add_student(page)
    await people.question(f"How would you word {alias}’s goal?")
    await page.get_by_role("link", name="You and settings").click()
    await page.get_by_role("link", name="Names").click()
    await page.get_by_role("checkbox", name="Show me the real names").click()
    await page.goto("/threads")
    await page.get_by_role("link").filter(has_text="How would you word").click()
    await expect(page.get_by_role("button", name=f"How would you word {NAME}’s goal?")).to_be_visible()
    assert wire.with_names() == []
    assert NAME not in str(await people.teacher.ask("GET", "/api/changes"))
