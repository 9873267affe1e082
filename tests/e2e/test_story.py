"""The day it must work on, in real browsers: ask, take, remark, answer by voice, hear, keep, be ready."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.marked import all_of, shows
from tests.e2e.people import Three
from tests.e2e.phone import Phone, phone, sign_in
from tests.e2e.spoken import SECONDS, write_wav
from tests.e2e.stage import Service, Sink
from tests.e2e.waiting import until

DRAFT = (
    "Marisol Ortega reads 62 words a minute, about half of what classmates read. "
    "She is bad at long words. Short words are read with ease."
)
WEAK = "She is bad at long words."
BETTER = "Given a word of three syllables, the student guesses from the first letters."
# What no mail may show.
CONTENT = (
    "Dana Whitlock",
    "Ruth Ambrose",
    "disagree",
    "classmates",
    "guesses",
    "Heron",
    "Riverbend",
    "skill",
)
GIST = "Name the skill before the number, then say what it costs in class."


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav(tmp_path_factory.mktemp("voice") / "voice.wav")


async def coming_meeting(people: Three) -> tuple[str, str]:
    """A student with a meeting four days ahead; the meeting's id and weekday."""
    teacher = people.teacher
    zone = (await teacher.ask("GET", "/api/me"))["time_zone"]
    on: date = datetime.now(ZoneInfo(zone)).date() + timedelta(days=4)
    case = await teacher.ask(
        "POST", "/api/cases", {"alias": "Heron", "plan_type": "IEP", "grade_band": "3-5"}
    )
    meeting = {
        "kind": "meeting",
        "title": "Annual review",
        "due_on": on.isoformat(),
        "details": {"purpose": "Agree on one reading goal."},
    }
    item = await teacher.ask("POST", f"/api/cases/{case['id']}/items", meeting)
    return item["id"], on.strftime("%A")


async def ask_with_a_draft(page: Page, day: str) -> str:
    """From the icon to "Sent"; the thread's id."""
    await page.goto("/")
    await page.get_by_role("link", name="Ask a colleague").click()
    field = page.get_by_label("Your question")
    await expect(field).to_be_focused()
    await field.fill("Jonathan Pemberton and I disagree. Is this need said well?")
    await page.evaluate("text => navigator.clipboard.writeText(text)", DRAFT)
    await page.get_by_role("button", name="Paste draft").click()
    draft = page.get_by_role("region", name="Your draft").get_by_role("textbox")
    await expect(draft).to_have_value(DRAFT)

    flagged = page.get_by_role("status").filter(has_text="look like names")
    await expect(flagged).to_be_visible()
    await page.get_by_role("button", name=re.compile("^Replace")).click()
    await expect(flagged).to_be_hidden()
    assert "Pemberton" not in await field.input_value()
    assert "Marisol" not in await draft.input_value()

    before = page.get_by_role("radio", name=f"Before {day}’s meeting")
    await before.check(force=True)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    await expect(
        page.get_by_role("status").filter(has_text=re.compile("Needed by .* evening"))
    ).to_be_visible()
    address = await page.get_by_role("link", name="See it").get_attribute("href")
    assert address is not None
    await page.get_by_role("link", name="See it").click()
    await expect(page.get_by_text("Waiting for someone")).to_be_visible()
    return address.rsplit("/", 1)[1]


async def remark_on_the_draft(page: Page) -> None:
    """Marks the weak sentence and words it anew."""
    await page.get_by_role("link", name=re.compile("Present levels")).click()
    await page.get_by_role("button", name="Remark on a passage").click()
    await page.get_by_role("button", name=WEAK).click()
    await page.get_by_role("button", name="Remark on these words").click()
    await page.get_by_label("Your wording for these words").fill(BETTER)
    await page.get_by_label("Why").fill("This can be seen and counted.")
    await page.get_by_role("button", name="Put on the draft").click()
    await expect(page.get_by_role("group", name="Remark 1")).to_contain_text("This can be seen and counted.")


async def answer_by_voice(page: Page) -> float:
    """Talks for as long as the microphone hears something, gives the gist, sends; the seconds recorded."""
    await page.get_by_role("link", name="Answer by voice").click()
    await expect(page.get_by_role("status").filter(has_text="Recording.")).to_be_visible()
    clock = page.get_by_role("timer")
    await expect(clock).to_have_text(re.compile(rf"0:0{SECONDS:.0f}|0:1\d"), timeout=30_000)
    await page.get_by_role("button", name="Done", exact=True).click()
    await page.get_by_role("button", name="No, no name was said").click()
    length = await page.get_by_role("slider", name="Your recording").get_attribute("aria-valuemax")
    await page.get_by_role("textbox", name="What it comes to, in one line").fill(GIST)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("log").get_by_text(GIST)).to_be_visible()
    return float(length or 0)


async def hear(page: Page, player: Locator, voice: dict[str, Any], people: Three) -> None:
    """Plays the answer where the browser can; else at least what it would play is there."""
    await player.get_by_role("button", name="Play Ruth’s voice").click()
    if await page.evaluate(
        """document.createElement('audio').canPlayType('audio/mp4; codecs="mp4a.40.2"')"""
    ):
        audio = player.locator("audio")

        async def has_moved() -> bool:
            return bool(await audio.evaluate("audio => audio.currentTime > 0.5"))

        await until(has_moved)
        duration = await audio.evaluate("audio => audio.duration")
        assert abs(duration - voice["duration_ms"] / 1000) < 1
        await player.get_by_role("button", name="Pause Ruth’s voice").click()
    sound = await people.teacher.client.get(
        f"/api/voice/{voice['id']}/audio", headers={"Range": "bytes=0-99"}
    )
    assert (sound.status_code, sound.headers["content-type"]) == (206, "audio/mp4")
    assert sound.content[4:8] == b"ftyp"


async def test_the_day_it_must_work_on(
    browser: Browser, server: Service, people: Three, sink: Sink, recording: Path
) -> None:
    meeting_id, day = await coming_meeting(people)
    seen = len(sink.mails)
    dana = await phone(browser, server)
    await sign_in(dana, sink, people.teacher.email)
    thread_id = await ask_with_a_draft(dana.page, day)

    mail = await sink.next_to(people.mentor.email, saying="A question is waiting", after=seen)
    assert shows(all_of(mail), *CONTENT) == []
    ruth = await phone(browser, server, color_scheme="dark")
    await sign_in(ruth, sink, people.mentor.email)
    await ruth.page.goto("/inbox")
    await ruth.page.get_by_role("link").filter(has_text="Is this need said well?").click()
    await ruth.page.get_by_role("button", name="I’ll take it").click()
    await expect(dana.page.get_by_text("Ruth has it")).to_be_visible()
    await remark_on_the_draft(ruth.page)
    await expect(dana.page.get_by_role("article", name="On your draft")).to_contain_text("guesses")
    await ruth.page.get_by_role("link", name="Back").click()
    recorded = await answer_by_voice(ruth.page)

    mail = await sink.next_to(people.teacher.email, saying="You have a reply|news for you", after=seen)
    assert shows(all_of(mail), *CONTENT) == []
    letter = dana.page.get_by_role("article", name=re.compile("^Ruth,"))
    await expect(letter).to_contain_text(GIST)
    await expect(letter.get_by_role("button", name="Play Ruth’s voice")).to_be_visible(timeout=30_000)
    thread = await people.teacher.ask("GET", f"/api/threads/{thread_id}")
    voice = thread["messages"][-1]["voice"]
    assert thread["state"] == "answered"
    assert abs(voice["duration_ms"] / 1000 - recorded) <= 1
    assert abs(voice["duration_ms"] / 1000 - SECONDS) <= 3
    assert max(voice["peaks"]) > 60, "the microphone heard nothing"
    await hear(dana.page, letter, voice, people)

    await dana.page.get_by_role("button", name="Use this").click()
    await expect(dana.page.get_by_text("Used. It is the second version now.")).to_be_visible()
    await letter.get_by_role("button", name=f"For {day}’s brief").click()
    await expect(letter.get_by_role("button", name=f"In {day}’s brief")).to_be_visible()
    await read_the_brief(dana, meeting_id)
    await done_with_it(dana, thread_id, people)
    for who in (dana, ruth):
        assert who.complained() == []


async def read_the_brief(dana: Phone, meeting_id: str) -> None:
    """With network, then without, as in the meeting room."""
    page = dana.page
    await page.goto("/today")
    await page.get_by_role("link", name=re.compile("Brief ready|Get ready for it")).click()
    for _ in ("with network", "without"):
        await expect(page.get_by_role("heading", name="Agree on one reading goal.")).to_be_visible()
        await expect(page.get_by_role("region", name="Wording you took")).to_contain_text(BETTER)
        await expect(page.get_by_role("region", name="To keep in mind")).to_contain_text(GIST)
        await dana.context.set_offline(True)
        await page.reload()
    await dana.context.set_offline(False)


async def done_with_it(dana: Phone, thread_id: str, people: Three) -> None:
    page = dana.page
    await page.goto(f"/threads/{thread_id}")
    await page.get_by_role("button", name="Heard, thank you").click()
    await expect(page.get_by_role("button", name="Open it again")).to_be_visible()

    async def is_closed() -> bool:
        thread = await people.mentor.ask("GET", f"/api/threads/{thread_id}")
        return bool(thread["state"] == "closed")

    await until(is_closed)
