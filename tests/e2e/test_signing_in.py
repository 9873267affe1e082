"""P6, P8, F17: the mail's link and code, another's browser, a shared phone, a sign-in that ends too early."""

import httpx
from playwright.async_api import Browser, Page, expect

from tests.e2e.people import Three
from tests.e2e.phone import Phone, phone, sign_in
from tests.e2e.stage import CODE, Service, Sink, code_in, link_in

QUESTION = "How would you word a goal for finding the main idea?"


async def asked_for_a_code(page: Page, sink: Sink, address: str) -> tuple[str, str]:
    """The link and the code of the mail."""
    await page.goto("/")
    seen = len(sink.mails)
    await page.get_by_label("Your mail address").fill(address)
    await page.get_by_role("button", name="Send me a code").click()
    mail = await sink.next_to(address, saying=CODE, after=seen)
    return link_in(mail), code_in(mail)


async def is_in(page: Page) -> None:
    await expect(page.get_by_role("navigation", name="Main")).to_be_visible()


async def test_the_link_of_the_mail(browser: Browser, server: Service, people: Three, sink: Sink) -> None:
    hers = await phone(browser, server)
    link, _ = await asked_for_a_code(hers.page, sink, people.teacher.email)
    assert link.startswith(f"{server.url}/sign-in#token=")
    # What scanners of mail do opens nothing and uses nothing up.
    async with httpx.AsyncClient() as scanner:
        for method in ("GET", "HEAD", "GET"):
            assert (await scanner.request(method, link)).status_code == 200
    await hers.page.goto(link)
    await expect(hers.page.get_by_text("One tap and you are in.")).to_be_visible()
    assert "token" not in hers.page.url
    await hers.page.get_by_role("button", name="Sign in").click()
    await is_in(hers.page)
    assert hers.complained() == []

    again = await phone(browser, server)
    await again.page.goto(link)
    await again.page.get_by_role("button", name="Sign in").click()
    await expect(again.page.get_by_text("This link works once, for ten minutes")).to_be_visible()


async def test_a_link_opened_in_another_browser_leaves_the_code_its_worth(
    browser: Browser, server: Service, people: Three, sink: Sink
) -> None:
    hers, other = await phone(browser, server), await phone(browser, server)
    link, code = await asked_for_a_code(hers.page, sink, people.teacher.email)
    await other.page.goto(link)
    await other.page.get_by_role("button", name="Sign in").click()
    await expect(other.page.get_by_text("Type the code from the mail where you started")).to_be_visible()
    await hers.page.get_by_label("The code").fill(code)
    await hers.page.get_by_role("button", name="Sign in").click()
    await is_in(hers.page)


async def test_a_wrong_code_says_what_to_do(
    browser: Browser, server: Service, people: Three, sink: Sink
) -> None:
    hers = await phone(browser, server)
    _, code = await asked_for_a_code(hers.page, sink, people.teacher.email)
    await hers.page.get_by_label("The code").fill(code[::-1] if code != code[::-1] else "00000000")
    await hers.page.get_by_role("button", name="Sign in").click()
    await expect(hers.page.get_by_text("This code does not fit")).to_be_visible()
    await hers.page.get_by_label("The code").fill(code)
    await hers.page.get_by_role("button", name="Sign in").click()
    await is_in(hers.page)


async def test_a_shared_phone_keeps_nothing(
    browser: Browser, server: Service, people: Three, sink: Sink
) -> None:
    await people.question(QUESTION)
    hers = await phone(browser, server)
    page = hers.page
    _, code = await asked_for_a_code(page, sink, people.teacher.email)
    await page.get_by_label("The code").fill(code)
    await page.get_by_role("radio", name="Shared with others").check(force=True)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_text(QUESTION)).to_be_visible()
    assert await page.evaluate("indexedDB.databases()") == []
    assert await page.evaluate("Object.entries(localStorage).length") == 0
    [cookie] = [each for each in await hers.context.cookies() if each["name"] == "sid"]
    assert cookie["expires"] == -1
    await sign_out(hers)
    await page.goto("/threads")
    await expect(page.get_by_label("Your mail address")).to_be_visible()


async def test_a_host_invites_and_the_invited_is_in(
    browser: Browser, server: Service, people: Three, sink: Sink
) -> None:
    hers, guest = await phone(browser, server), await phone(browser, server)
    page = hers.page
    address = f"nora.{people.circle_id[-8:]}@example.org"
    await sign_in(hers, sink, people.host.email)
    await page.goto(f"/settings/circle/{people.circle_id}")
    await page.get_by_role("button", name="Invite someone").click()
    await page.get_by_label("Mail address").fill(address)
    await page.get_by_role("checkbox", name="Answers").check(force=True)
    await page.get_by_role("button", name="Send the invitation").click()
    await sink.next_to(address, saying="[Ii]nvited")
    await sign_in(guest, sink, address)
    await expect(guest.page.get_by_role("link", name="Inbox")).to_be_visible()
    roles = await people.host.ask("GET", f"/api/circles/{people.circle_id}/members")
    [nora] = [each for each in roles["items"] if "mentor" in each["roles"] and each["id"] != people.mentor.id]
    assert nora["roles"] == ["teacher", "mentor"]


async def end_other_sign_ins(people: Three) -> None:
    """As she would from another device."""
    sessions = (await people.teacher.ask("GET", "/api/me/sessions"))["items"]
    for session in sessions:
        if not session["is_current"]:
            await people.teacher.ask("DELETE", f"/api/me/sessions/{session['id']}")


async def titles(people: Three) -> list[str]:
    return [each["opening"] for each in (await people.teacher.ask("GET", "/api/threads?box=mine"))["items"]]


async def test_what_waits_is_sent_only_by_who_wrote_it(
    browser: Browser, server: Service, people: Three, sink: Sink
) -> None:
    hers = await phone(browser, server)
    page = hers.page
    await sign_in(hers, sink, people.teacher.email)
    await hers.context.set_offline(True)
    await page.get_by_role("link", name="Ask a colleague").click()
    await page.get_by_label("Your question").fill(QUESTION)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("heading", name="On this phone")).to_be_visible()
    await end_other_sign_ins(people)
    await hers.context.set_offline(False)
    await expect(page.get_by_text("Sign in to send 1 question")).to_be_visible()

    await sign_in(hers, sink, people.mentor.email)
    await page.goto("/inbox")
    await expect(page.get_by_text("No one is waiting")).to_be_visible()
    assert await titles(people) == []
    await sign_out(hers)

    await sign_in(hers, sink, people.teacher.email)
    row = page.get_by_role("listitem").filter(has_text=QUESTION)
    await expect(row).to_contain_text("Waiting for someone")
    assert await titles(people) == [QUESTION]


async def sign_out(hers: Phone) -> None:
    await hers.page.goto("/settings")
    await hers.page.get_by_role("button", name="Sign out").click()
    await hers.page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    await expect(hers.page.get_by_label("Your mail address")).to_be_visible()
