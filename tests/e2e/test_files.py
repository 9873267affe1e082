"""A draft out of a file: Word is read by the service and comes back screened, plain text stays here."""

import re

from playwright.async_api import Browser, Locator, Page, Request, expect

from tests.documents.papers import word
from tests.e2e.people import Three
from tests.e2e.phone import phone, sign_in
from tests.e2e.stage import Service, Sink

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def plan() -> bytes:
    def dressed(document):
        document.sections[0].header.paragraphs[0].text = "Marisol Rivers, grade 4"
        document.add_comment(runs=document.paragraphs[0].runs, text="Too long?", author="Ines Marlow")

    return word("Present levels", "Marisol reads 62 words a minute. Rivers needs a partner.", change=dressed)


async def draft_of(page: Page) -> Locator:
    """From Today to an empty draft beside a question."""
    await page.goto("/ask")
    await page.get_by_label("Your question").fill("Is this said well?")
    await page.get_by_role("button", name="Paste draft").click()
    return page.get_by_role("region", name="Your draft")


async def choose(page: Page, draft: Locator, name: str, kind: str, content: bytes) -> None:
    async with page.expect_file_chooser() as chosen:
        await draft.get_by_role("button", name="From a file").click()
    await (await chosen.value).set_files({"name": name, "mimeType": kind, "buffer": content})


async def test_a_word_file_becomes_a_draft_without_its_names(
    people: Three, browser: Browser, server: Service, sink: Sink
):
    her = await phone(browser, server)
    await sign_in(her, sink, people.teacher.email)
    page = her.page
    draft = await draft_of(page)
    await choose(page, draft, "plan.docx", TYPE, plan())

    field = draft.get_by_role("textbox")
    await expect(field).to_have_value(re.compile("^Present levels\n\nMarisol reads"))
    await expect(draft.get_by_text("Left out: 1 comment; headers and footers")).to_be_visible()
    await expect(draft.get_by_role("combobox")).to_have_value("present_levels")
    # One name the screen knows by itself, one that only the header gave away.
    await expect(page.get_by_role("status").filter(has_text="look")).to_be_visible()
    ways = page.get_by_role("button", name=re.compile("^(Replace|Yes, say)"))
    while await ways.is_visible():
        await ways.click()
        await page.wait_for_timeout(300)
    await expect(field).not_to_have_value(re.compile("Marisol|Rivers"))
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("heading", name="Sent")).to_be_visible()

    (thread,) = (await people.teacher.ask("GET", "/api/threads?box=mine"))["items"]
    shown = await people.teacher.ask("GET", f"/api/threads/{thread['id']}")
    text = shown["drafts"][0]["versions"][0]["text"]
    assert text.startswith("Present levels\n\n")
    assert not re.search("Marisol|Rivers|Marlow", str(shown))
    assert her.complained() == []


async def test_a_text_file_is_read_without_network_and_a_word_file_says_that_it_needs_one(
    people: Three, browser: Browser, server: Service, sink: Sink
):
    her = await phone(browser, server)
    await sign_in(her, sink, people.teacher.email)
    page = her.page
    asked: list[Request] = []
    draft = await draft_of(page)
    page.on("request", lambda request: asked.append(request))
    await her.context.set_offline(True)

    await choose(page, draft, "plan.docx", TYPE, plan())
    await expect(draft.get_by_role("alert")).to_contain_text("there is no network now")
    await choose(
        page, draft, "plan.txt", "text/plain", "The student’s plan.\r\nReads aloud.".encode("utf-16")
    )

    await expect(draft.get_by_role("textbox")).to_have_value("The student’s plan.\nReads aloud.")
    assert [each.url for each in asked if each.url.endswith("/api/documents")] == [
        f"{server.url}/api/documents"
    ]


async def test_a_file_that_cannot_be_read_says_what_to_do(
    people: Three, browser: Browser, server: Service, sink: Sink
):
    her = await phone(browser, server)
    await sign_in(her, sink, people.teacher.email)
    draft = await draft_of(her.page)
    await choose(her.page, draft, "plan.docx", TYPE, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900))

    await expect(draft.get_by_role("alert")).to_contain_text("save it as .docx")
    assert await draft.get_by_role("textbox").input_value() == ""
