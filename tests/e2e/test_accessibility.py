"""Every screen with the demo's content: no barrier that axe knows, nothing cut at 320 px, no error."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.people import Person, client_of
from tests.e2e.phone import SIZE, Phone, phone, sign_in
from tests.e2e.stage import ROOT, Service, Sink, service_in

TEACHER, MENTOR = "dana@example.org", "ruth@example.org"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW = {"width": 320, "height": 640}
AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()

# What is shown next is judged where it has come to rest.
AT_REST = """async () => {
    await new Promise(requestAnimationFrame);
    while (document.getAnimations().length)
        await Promise.allSettled(document.getAnimations().map((one) => one.finished));
}"""

RUN = """async (tags) => {
    const found = await axe.run({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    return found.violations.flatMap((rule) =>
        rule.nodes.map((node) =>
            `${rule.id}: ${node.html.slice(0, 160)} (${node.any[0]?.message ?? rule.help})`));
}"""

# What scrolls sideways on purpose: chips and tabs, whose last one is cut to show it.
WIDER = """() => [document.documentElement, ...document.querySelectorAll('body *')]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
    .filter((one) => one === document.documentElement || /auto|scroll/.test(getComputedStyle(one).overflowX))
    .filter((one) => !one.closest('[role=radiogroup], [role=tablist], .chips'))
    .map((one) => `${one.tagName} ${one.className}: ${one.scrollWidth} in ${one.clientWidth}`)"""


@pytest.fixture(scope="module")
def told(mailbox: tuple[Sink, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with the demo's week in it."""
    service = service_in(tmp_path_factory.mktemp("demo"), mailbox[1])
    service.command("demo")
    service.start()
    yield service
    service.stop()


@dataclass
class Visitor:
    """Somebody of the demo on her phone, and the same person's calls."""

    phone: Phone
    person: Person

    async def first(self, path: str) -> dict[str, Any]:
        items: list[dict[str, Any]] = (await self.person.ask("GET", path))["items"]
        return items[0]


@asynccontextmanager
async def visiting(browser: Browser, service: Service, sink: Sink, address: str) -> AsyncIterator[Visitor]:
    hers = await phone(browser, service, reduced_motion="reduce")
    await sign_in(hers, sink, address)
    cookies = {each["name"]: each["value"] for each in await hers.context.cookies()}
    async with client_of(service, cookies["sid"]) as client:
        yield Visitor(hers, Person(address, "", client))


@pytest.fixture
async def teacher(browser: Browser, told: Service, sink: Sink) -> AsyncIterator[Visitor]:
    async with visiting(browser, told, sink, TEACHER) as hers:
        yield hers


@pytest.fixture
async def mentor(browser: Browser, told: Service, sink: Sink) -> AsyncIterator[Visitor]:
    async with visiting(browser, told, sink, MENTOR) as hers:
        yield hers


async def barriers(page: Page) -> list[str]:
    """What stands in somebody's way on the screen as it is now: light, dark, and in a narrow window."""
    found = []
    for colours, size in (("light", SIZE), ("dark", NARROW)):
        await page.emulate_media(color_scheme=colours, reduced_motion="reduce")  # type: ignore[arg-type]
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        await page.evaluate(AT_REST)
        await page.evaluate(AXE)
        found += [f"{colours} {each}" for each in await page.evaluate(RUN, TAGS)]
    found += [f"wider than 320 px: {each}" for each in await page.evaluate(WIDER)]
    await page.set_viewport_size(SIZE)  # type: ignore[arg-type]
    return found


def listed(found: list[str]) -> str:
    return "\n".join(["", *found])


async def walk(visitor: Visitor, paths: list[str]) -> list[str]:
    """The barriers on each of these screens."""
    page, found = visitor.phone.page, []
    for path in paths:
        await page.goto(path)
        await expect(page.locator("main")).to_be_visible()
        await expect(page.get_by_text("Fetching")).to_have_count(0)
        found += [f"{path} {each}" for each in await barriers(page)]
    return found


async def test_signing_in(browser: Browser, told: Service, sink: Sink) -> None:
    guest = await phone(browser, told, reduced_motion="reduce")
    await guest.page.goto("/")
    await expect(guest.page.get_by_label("Your mail address")).to_be_visible()
    found = await barriers(guest.page)
    await guest.page.get_by_label("Your mail address").fill("someone@example.org")
    await guest.page.get_by_role("button", name="Send me a code").click()
    await expect(guest.page.get_by_label("The code")).to_be_visible()
    found += await barriers(guest.page)
    assert not found, listed(found)
    assert guest.complained() == []


async def test_what_a_teacher_sees(teacher: Visitor) -> None:
    case = await teacher.first("/api/cases")
    items = (await teacher.person.ask("GET", f"/api/cases/{case['id']}/items"))["items"]
    goal = next(each for each in items if each["kind"] == "goal")
    threads = (await teacher.person.ask("GET", "/api/threads?box=mine"))["items"]
    answered = [each for each in threads if each["state"] == "answered"]
    drafted = next(each for each in threads if each["has_draft"])
    draft = (await teacher.person.ask("GET", f"/api/threads/{drafted['id']}"))["drafts"][0]
    meeting = next(each for each in items if each["kind"] == "meeting")
    student = f"/students/{case['id']}"
    found = await walk(
        teacher,
        [
            "/today",
            "/ask",
            "/students",
            student,
            f"{student}/items/{goal['id']}",
            f"{student}/items/{meeting['id']}",
            f"{student}/items/new?kind=goal",
            f"/brief/{meeting['id']}",
            "/threads",
            *(f"/threads/{each['id']}" for each in answered[:3]),
            f"/threads/{drafted['id']}/drafts/{draft['id']}",
            f"/threads/{drafted['id']}/drafts/{draft['id']}?edit",
            f"/threads/{drafted['id']}/drafts/new",
            "/search",
            "/record",
        ],
    )
    assert not found, listed(found)
    assert teacher.phone.complained() == []


async def test_what_a_mentor_sees(mentor: Visitor) -> None:
    waiting = await mentor.first("/api/threads?box=unclaimed")
    held = await mentor.first("/api/threads?box=inbox")
    found = await walk(
        mentor,
        [
            "/inbox",
            "/today",
            f"/threads/{waiting['id']}",
            f"/threads/{held['id']}",
            f"/record?thread={held['id']}",
            "/students",
        ],
    )
    assert not found, listed(found)
    assert mentor.phone.complained() == []


async def test_the_settings(teacher: Visitor) -> None:
    circle = await teacher.first("/api/circles")
    found = await walk(
        teacher,
        [
            "/settings",
            "/settings/you",
            "/settings/quiet",
            "/settings/people",
            "/settings/devices",
            "/settings/names",
            "/settings/archive",
            "/settings/calendar",
            "/settings/privacy",
            "/settings/leave",
            "/settings/circle/new",
            f"/settings/circle/{circle['id']}",
        ],
    )
    assert not found, listed(found)
    assert teacher.phone.complained() == []


async def test_words_that_look_like_names(teacher: Visitor) -> None:
    page = teacher.phone.page
    await page.goto("/ask")
    field = page.get_by_label("Your question")
    await field.fill("How do I tell Jonathan Pemberton about Lincoln Elementary?")
    await expect(page.get_by_role("button", name="Not names")).to_be_visible()
    found = await barriers(page)
    await field.click(position={"x": 130, "y": 20})
    await expect(page.get_by_role("dialog")).to_be_visible()
    found += await barriers(page)
    assert not found, listed(found)
    assert teacher.phone.complained() == []


async def test_a_search_that_finds(teacher: Visitor) -> None:
    page = teacher.phone.page
    await page.goto("/search")
    await page.get_by_role("searchbox").fill("reading")
    await expect(page.locator("mark").first).to_be_visible()
    found = await barriers(page)
    assert not found, listed(found)
    assert teacher.phone.complained() == []
