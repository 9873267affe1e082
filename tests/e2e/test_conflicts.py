"""F19, F20: two hands on one draft, and a student who is deleted while somebody writes about her."""

from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.e2e.people import Three
from tests.e2e.phone import phone, sign_in
from tests.e2e.stage import Service, Sink

FIRST = "The student reads 62 words a minute."
HERS = "The student reads 62 words a minute with three errors."
THEIRS = "The student reads 62 words a minute and skips long words."
ANSWER = "Begin with what the student says in one sentence."


async def with_a_draft(people: Three) -> Any:
    return await people.question(drafts=[{"kind": "present_levels", "text": FIRST}])


async def test_a_draft_that_moved_on_shows_both_texts(
    browser: Browser, server: Service, people: Three, sink: Sink
) -> None:
    thread = await with_a_draft(people)
    draft = thread["drafts"][0]["id"]
    hers = await phone(browser, server)
    page = hers.page
    await sign_in(hers, sink, people.teacher.email)
    await page.goto(f"/threads/{thread['id']}/drafts/{draft}?edit")
    await page.get_by_role("textbox").fill(HERS)
    await hers.context.set_offline(True)
    await page.get_by_role("button", name="Keep as the next version").click()
    await expect(page.get_by_text("This version is on this phone, waiting for network")).to_be_visible()

    await people.teacher.ask("POST", f"/api/drafts/{draft}/versions", {"base_version": 1, "text": THEIRS})
    await hers.context.set_offline(False)
    await expect(page.get_by_text("Not sent: the words changed meanwhile.")).to_be_visible()
    await page.get_by_role("button", name="Yours", exact=True).click()
    await expect(page.get_by_text(HERS)).to_be_visible()
    await page.get_by_role("button", name="Newest", exact=True).click()
    await expect(page.get_by_text(THEIRS)).to_be_visible()

    await page.get_by_role("button", name="Keep mine").click()
    await expect(page.get_by_role("main").get_by_text(HERS)).to_be_visible()
    await expect(page.get_by_text("waiting for network")).to_have_count(0)
    stored = await people.teacher.ask("GET", f"/api/threads/{thread['id']}")
    assert [one["text"] for one in stored["drafts"][0]["versions"]] == [FIRST, THEIRS, HERS]
    assert hers.complained(409) == []


async def wrote_offline(page: Page) -> None:
    await page.get_by_role("button", name="I’ll take it").click()
    await page.get_by_role("button", name="Write to Dana").click()
    await page.get_by_role("textbox", name="Write to Dana").fill(ANSWER)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("log").get_by_text(ANSWER)).to_be_visible()


async def test_words_about_a_deleted_student_can_be_copied_and_then_go(
    browser: Browser, server: Service, people: Three, sink: Sink
) -> None:
    case = await people.teacher.ask("POST", "/api/cases", {"alias": "Heron", "plan_type": "IEP"})
    thread = await people.question(case_id=case["id"])
    ruth = await phone(browser, server)
    page = ruth.page
    await sign_in(ruth, sink, people.mentor.email)
    await page.goto(f"/threads/{thread['id']}")
    await expect(page.get_by_role("button", name="I’ll take it")).to_be_visible()
    await ruth.context.set_offline(True)
    await wrote_offline(page)
    await people.teacher.ask("DELETE", f"/api/cases/{case['id']}")
    await ruth.context.set_offline(False)

    await page.goto("/today")
    await page.get_by_role("listitem").filter(has_text=ANSWER).get_by_role("link").click()
    await expect(page.get_by_role("textbox", name="Your words")).to_have_value(ANSWER)
    await page.get_by_role("button", name="Copy").click()
    assert await page.evaluate("navigator.clipboard.readText()") == ANSWER
    await page.get_by_role("button", name="Discard").click()
    await page.get_by_role("button", name="Really discard").click()
    await expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    await expect(page.get_by_text(ANSWER)).to_have_count(0)
