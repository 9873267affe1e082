"""The screen on the phone itself: the service's own, at work before *Send*, with and without network."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, Request, async_playwright, expect

from app import deid
from app.core.text import normalise
from tests.e2e.people import Three
from tests.e2e.phone import Phone, sign_in, with_a_screen
from tests.e2e.pocket import Pocket
from tests.e2e.stage import Service, Sink

NAMED = "How do I tell Jonathan Pemberton and the family?"
BARE = "How do I tell the family?"
TEXTS = [
    NAMED,
    "Ms. Albright (Lincoln Elementary, 555-0134) moved the meeting to March 3, 2027.",
    "Zoe\u0308 and Jose\u0301 read.\r\n\u202eMaya\u202c \U0001f44d told Mrs. Okafor\u2019s class.",
    "nothing here: Woodcock-Johnson, Wilson Reading, Endrew F., Down syndrome, May and will.",
    "\U0001f469\u200d\U0001f3eb told Marcus. grace and rich hit him at Harlow Middle School in Dayton, Ohio.",
]
# A worker of one's own beside the page's, which is asked for exactly what the service's function is.
READ = """async ([worker, python, engine, texts]) => {
    const reader = new Worker(worker, { type: 'module' });
    const said = () => new Promise((resolve) => (reader.onmessage = ({ data }) => resolve(data)));
    reader.postMessage({ python, engine });
    if ((await said()).is !== 'ready') return null;
    const read = [];
    for (const [id, text] of texts.entries()) {
        reader.postMessage({ id, text, kept: ['Marcus'], people: ['Maya Lind'] });
        read.push((await said()).answer);
    }
    reader.terminate();
    return read;
}"""


@pytest.fixture
async def pocket(chromium: str, server: Service, tmp_path: Path) -> AsyncIterator[Pocket]:
    async with async_playwright() as playwright:
        holder = Pocket(playwright, chromium, server, tmp_path / "phone")
        yield holder
        await holder.off()


def keep_requests(phone: Phone) -> list[Request]:
    """Every request of this phone from now on."""
    seen: list[Request] = []
    phone.context.on("request", lambda request: seen.append(request))
    return seen


async def ready(pocket: Pocket, people: Three, sink: Sink) -> Phone:
    """The teacher's phone, which screens by itself."""
    phone = await pocket.on()
    await sign_in(phone, sink, people.teacher.email)
    await with_a_screen(phone)
    return phone


async def compose(page: Page, words: str) -> None:
    await page.get_by_role("link", name="Ask a colleague").click()
    await page.get_by_role("textbox", name="Your question").fill(words)


async def test_the_phone_finds_what_the_service_finds(pocket: Pocket, people: Three, sink: Sink) -> None:
    phone = await pocket.on()
    seen = keep_requests(phone)
    await sign_in(phone, sink, people.teacher.email)
    await with_a_screen(phone)
    paths = {request.url.removeprefix(phone.page.url.split("/today")[0]) for request in seen}
    worker = next(path for path in paths if "/workers/" in path)
    python = next(path for path in paths if path.endswith("/pyodide.mjs")).removesuffix("pyodide.mjs")
    engine = next(path for path in paths if "/screen/" in path)

    texts = [normalise(text) for text in TEXTS]
    read = await phone.page.evaluate(READ, [worker, python, engine, texts])
    for text, said in zip(texts, read, strict=True):
        found = deid.find(text, kept=["Marcus"], people=["Maya Lind"])
        assert [
            (each["start"], each["end"], each["label"], each["replacement"]) for each in said["findings"]
        ] == [(each.start, each.end, each.label, each.replacement) for each in found.findings]
        assert [each["kind"] for each in said["cautions"]] == [each.kind for each in found.cautions]
    assert phone.complained() == []


async def test_a_name_is_caught_without_network_before_it_is_sent(
    pocket: Pocket, people: Three, sink: Sink
) -> None:
    phone = await ready(pocket, people, sink)
    page = phone.page
    await page.evaluate("navigator.serviceWorker.ready")
    await phone.context.set_offline(True)
    await compose(page, NAMED)
    await expect(page.locator("mark.name")).to_have_text("Jonathan Pemberton")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("Not yet: 1 looks like a name.")).to_be_visible()
    await page.get_by_role("button", name="Replace with").click()
    await expect(page.get_by_text("Screened. You are the last check")).to_be_visible()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    await pocket.off()

    # A phone that starts without network has its screen too.
    phone = await pocket.on(offline=True)
    await phone.page.goto("/today")
    await with_a_screen(phone)
    await compose(phone.page, NAMED)
    await expect(phone.page.locator("mark.name")).to_have_text("Jonathan Pemberton")
    await phone.page.get_by_role("textbox", name="Your question").fill("")
    await phone.page.get_by_role("link", name="Close").click()
    await phone.context.set_offline(False)
    row = phone.page.get_by_role("listitem").filter(has_text="How do I tell")
    await expect(row).to_contain_text("Waiting for someone")
    [mine] = (await people.teacher.ask("GET", "/api/threads?box=mine"))["items"]
    assert "Pemberton" not in mine["opening"]


async def test_a_phone_that_screens_by_itself_asks_nobody(pocket: Pocket, people: Three, sink: Sink) -> None:
    phone = await ready(pocket, people, sink)
    seen = keep_requests(phone)
    await compose(phone.page, NAMED)
    await expect(phone.page.locator("mark.name")).to_be_visible()
    await phone.page.get_by_role("button", name="Replace with").click()
    await expect(phone.page.get_by_text("Screened. You are the last check")).to_be_visible()
    await phone.page.get_by_role("button", name="Send").click()
    await expect(phone.page.get_by_role("heading", name="Sent")).to_be_visible()
    assert [request.url for request in seen if request.url.endswith("/api/screen")] == []
    assert not any("Pemberton" in (request.post_data or "") for request in seen)
    assert phone.complained() == []


async def test_what_is_no_name_is_said_once_and_remembered_on_this_phone(
    pocket: Pocket, people: Three, sink: Sink
) -> None:
    phone = await ready(pocket, people, sink)
    page = phone.page
    await compose(page, "I tried the Pemberton approach.")
    await expect(page.locator("mark.name")).to_have_text("Pemberton")
    await page.get_by_role("button", name="Not a name").click()
    await expect(page.locator("mark.name")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator("mark.name")).to_have_text("Pemberton")
    await page.get_by_role("button", name="Not a name").click()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    await page.get_by_role("link", name="Done").click()

    await page.goto("/today")
    await with_a_screen(phone)
    await compose(page, "Is Pemberton too hard here? Ask Marcus Lindqvist.")
    await expect(page.locator("mark.name")).to_have_text(["Marcus Lindqvist"])
    await page.get_by_role("button", name="Replace with").click()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    kept = await page.evaluate("JSON.stringify(localStorage)")
    assert "Pemberton" not in kept
    assert "Pemberton" not in json.dumps(await page.evaluate("indexedDB.databases()"))
    assert phone.complained() == []
