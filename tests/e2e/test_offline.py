"""P8, F22: what is written without network lies on the phone, survives the tab, and goes out once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, async_playwright, expect

from tests.e2e.people import Three
from tests.e2e.phone import Phone, sign_in, without_a_screen
from tests.e2e.pocket import Pocket
from tests.e2e.stage import Service, Sink
from tests.e2e.waiting import until

QUESTION = "How would you word a goal for finding the main idea?"
ANSWER = "Begin with what the student says in one sentence."


@pytest.fixture
async def pocket(chromium: str, server: Service, tmp_path: Path) -> AsyncIterator[Pocket]:
    async with async_playwright() as playwright:
        holder = Pocket(playwright, chromium, server, tmp_path / "phone")
        yield holder
        await holder.off()


async def write(phone: Phone, words: str) -> None:
    await phone.page.get_by_role("link", name="Ask a colleague").click()
    await phone.page.get_by_label("Your question").fill(words)
    await phone.page.get_by_role("button", name="Send").click()


async def open_question(page: Page) -> None:
    await page.get_by_role("link", name="Inbox").click()
    await page.get_by_role("link").filter(has_text=QUESTION).click()
    await expect(page.get_by_role("button", name="Take it")).to_be_visible()


async def answer(page: Page) -> None:
    await page.get_by_role("button", name="Take it").click()
    await page.get_by_role("button", name="Write to Dana").click()
    await page.get_by_role("textbox", name="Write to Dana").fill(ANSWER)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("log").get_by_text(ANSWER)).to_be_visible()


async def asked(people: Three) -> list[str]:
    mine = await people.teacher.ask("GET", "/api/threads?box=mine")
    return [thread["opening"] for thread in mine["items"]]


async def test_a_question_written_without_network_goes_once(
    pocket: Pocket, people: Three, sink: Sink
) -> None:
    phone = await pocket.on()
    await sign_in(phone, sink, people.teacher.email)
    await phone.page.evaluate("navigator.serviceWorker.ready")
    await phone.context.set_offline(True)
    await write(phone, QUESTION)
    await expect(phone.page.get_by_role("heading", name="On this phone")).to_be_visible()
    await pocket.off()
    assert await asked(people) == []

    phone = await pocket.on(offline=True)
    await phone.page.goto("/today")
    row = phone.page.get_by_role("listitem").filter(has_text=QUESTION)
    await expect(row).to_contain_text("On this phone")
    await phone.context.set_offline(False)
    await expect(row).to_contain_text("Waiting for someone")
    assert await asked(people) == [QUESTION]

    await phone.page.reload()
    await expect(row).to_contain_text("Waiting for someone")
    assert await asked(people) == [QUESTION]
    assert phone.complained() == []


async def test_a_lost_answer_doubles_nothing(pocket: Pocket, people: Three, sink: Sink) -> None:
    phone = await pocket.on()
    await sign_in(phone, sink, people.teacher.email)
    tries: list[int] = []

    async def lose_the_first_answer(route: Route) -> None:
        reply = await route.fetch()
        tries.append(reply.status)
        if len(tries) == 1:
            await route.abort()
        else:
            await route.fulfill(response=reply)

    await phone.page.route(
        lambda url: url.endswith("/api/threads"), lambda route: lose_the_first_answer(route)
    )
    await write(phone, QUESTION)
    await expect(phone.page.get_by_role("heading", name="Sent")).to_be_visible()
    assert tries == [201, 200]
    assert await asked(people) == [QUESTION]


async def test_words_that_the_service_refuses_come_back_for_one_look(
    pocket: Pocket, people: Three, sink: Sink
) -> None:
    phone = await pocket.on()
    await without_a_screen(phone)
    await sign_in(phone, sink, people.teacher.email)
    await phone.context.set_offline(True)
    await write(phone, "How do I tell Jonathan Pemberton and the family?")
    await expect(phone.page.get_by_role("heading", name="On this phone")).to_be_visible()
    await phone.page.get_by_role("link", name="Done").click()
    await phone.context.set_offline(False)

    page = phone.page
    await page.get_by_role("listitem").filter(has_text="Needs one look before it goes").click()
    await expect(page.get_by_label("Your words")).to_have_value(
        "How do I tell Jonathan Pemberton and the family?"
    )
    await page.get_by_role("button", name="Replace").click()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("listitem").filter(has_text="Waiting for someone")).to_be_visible()
    [opening] = await asked(people)
    assert "Pemberton" not in opening
    assert opening.startswith("How do I tell ")
    assert phone.complained(422) == []


async def test_a_mentor_takes_and_answers_without_network(pocket: Pocket, people: Three, sink: Sink) -> None:
    thread = await people.question(QUESTION)
    phone = await pocket.on()
    await sign_in(phone, sink, people.mentor.email)
    page = phone.page
    await open_question(page)
    await phone.context.set_offline(True)
    await answer(page)
    await expect(page.get_by_role("log").get_by_text(ANSWER)).to_be_visible()
    await pocket.off()
    assert (await people.teacher.ask("GET", f"/api/threads/{thread['id']}"))["state"] == "waiting"

    phone = await pocket.on(offline=True)
    await phone.page.goto(f"/threads/{thread['id']}")
    await expect(phone.page.get_by_role("log").get_by_text(ANSWER)).to_be_visible()
    await phone.context.set_offline(False)

    async def is_answered() -> bool:
        seen = await people.teacher.ask("GET", f"/api/threads/{thread['id']}")
        return bool(seen["state"] == "answered")

    await until(is_answered)
    seen = await people.teacher.ask("GET", f"/api/threads/{thread['id']}")
    assert [one["body"] for one in seen["messages"]] == [QUESTION, ANSWER]
    assert seen["mentor_id"] == people.mentor.id


async def test_what_another_mentor_took_is_not_lost_but_shown(
    pocket: Pocket, server: Service, people: Three, sink: Sink
) -> None:
    thread = await people.question(QUESTION)
    other = await people.another_mentor(server, sink, f"ines.{thread['id'][:8]}@example.org")
    phone = await pocket.on()
    await sign_in(phone, sink, people.mentor.email)
    await open_question(phone.page)
    await phone.context.set_offline(True)
    await answer(phone.page)
    await other.ask("POST", f"/api/threads/{thread['id']}/claim")
    await phone.context.set_offline(False)

    page = phone.page
    await page.goto("/today")
    row = page.get_by_role("listitem").filter(has_text=ANSWER)
    await expect(row).to_contain_text("Not sent")
    await row.get_by_role("link").click()
    await expect(page.get_by_label("Your words")).to_have_value(ANSWER)
    await page.get_by_role("button", name="Copy").click()
    assert await page.evaluate("navigator.clipboard.readText()") == ANSWER
    seen = await people.teacher.ask("GET", f"/api/threads/{thread['id']}")
    assert (seen["mentor_id"], len(seen["messages"])) == (other.id, 1)
