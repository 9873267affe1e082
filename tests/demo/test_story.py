"""The demo story holds together: every reference, quote and clock in it, whenever it is told."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import av
import pytest

from app import deid
from app.cases.details import ITEM_DETAILS
from app.cases.entry_details import ENTRY_DETAILS
from app.demo.story import VOICES, read, school_day, told

KINDS = {
    "goal",
    "present_levels",
    "accommodation",
    "service",
    "meeting",
    "deadline",
    "contact",
    "behavior",
    "first_talk",
    "todo",
    "note",
}
TOPICS = {
    "draft",
    "meeting",
    "placement",
    "behavior",
    "family",
    "team",
    "accommodations",
    "data",
    "paperwork",
    "caseload",
    "wrong",
    "think",
}
HELP = {"wording", "questions", "second_opinion", "challenge", "check_locally", "listen"}
DRAFT_KINDS = {
    "present_levels",
    "goal",
    "accommodation",
    "service",
    "behavior",
    "meeting_notes",
    "email",
    "other",
}
MONTHS = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
START = datetime(2031, 2, 24, 0, 10, tzinfo=UTC)
# Three weeks by steps that pass every weekday at many hours, then one in each of the coming months.
NOWS = [START + timedelta(hours=17 * n) for n in range(30)] + [
    START + timedelta(days=31 * n) for n in range(12)
]

Json = dict[str, Any]


@pytest.fixture(scope="module")
def story() -> Json:
    return told(datetime(2031, 2, 26, 15, 30, tzinfo=UTC))


def items_of(story: Json) -> dict[str, Json]:
    return {f"{case['key']}.{item['key']}": item for case in story["cases"] for item in case["items"]}


def roles_of(story: Json) -> dict[str, list[str]]:
    return {person["key"]: person["roles"] for person in story["people"]}


def drafts_of(story: Json) -> list[Json]:
    return [draft for thread in story["threads"] for draft in thread["drafts"]]


def texts_in(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in texts_in(part)]


def moment(spec: Json) -> datetime:
    return datetime.fromisoformat(spec["at"])


def test_the_circle_has_two_mentors_three_teachers_and_one_of_them_hosts(story: Json) -> None:
    roles = Counter(role for person in story["people"] for role in person["roles"])
    assert roles == {"teacher": 3, "mentor": 2, "steward": 1}
    assert all(person["email"].endswith("@example.org") for person in story["people"])
    assert len({person["region"] for person in story["people"]}) == 5


def test_cases_cover_every_plan_and_every_kind_of_item(story: Json) -> None:
    assert len(story["cases"]) == 8
    assert {case["plan_type"] for case in story["cases"]} == {"IEP", "504", "ILP", "referral"}
    assert {case["grade_band"] for case in story["cases"]} == {"K-2", "3-5", "6-8", "9-12"}
    assert {item["kind"] for item in items_of(story).values()} == KINDS
    assert all("teacher" in roles_of(story)[case["owner"]] for case in story["cases"])


def test_threads_cover_every_topic_help_and_state(story: Json) -> None:
    threads = story["threads"]
    assert len(threads) >= 22
    assert {thread["topic"] for thread in threads} == TOPICS
    assert {thread["help"] for thread in threads} == HELP
    assert set(Counter(thread["state"] for thread in threads)) == {"waiting", "claimed", "answered", "closed"}
    assert len(drafts_of(story)) >= 10
    assert {draft["kind"] for draft in drafts_of(story)} == DRAFT_KINDS
    states = {comment["state"] for draft in drafts_of(story) for comment in draft["comments"]}
    assert states == {"open", "accepted", "declined", "resolved"}


def test_details_are_of_the_shapes_that_cases_take(story: Json) -> None:
    entries = 0
    for item in items_of(story).values():
        ITEM_DETAILS[item["kind"]].model_validate(item["details"])
        for entry in item.get("entries", []):
            ENTRY_DETAILS[item["kind"]].model_validate(entry["details"])
            entries += 1
    assert entries >= 150


@pytest.mark.parametrize("name", ["people", "cases", "threads", "voices"])
def test_keys_are_unique(story: Json, name: str) -> None:
    keys = [part["key"] for part in story[name]]
    assert len(keys) == len(set(keys))


def test_every_reference_resolves(story: Json) -> None:
    people, items = roles_of(story), items_of(story)
    cases = {case["key"]: case for case in story["cases"]}
    voices = {voice["key"]: voice for voice in story["voices"]}
    spoken = []
    for thread in story["threads"]:
        asker = thread["author"]
        mentor = thread["mentor"] or thread["holder"]
        assert "teacher" in people[asker]
        assert mentor is None or "mentor" in people[mentor]
        assert thread["case"] is None or cases[thread["case"]]["owner"] == asker
        assert all(key.split(".")[0] == thread["case"] for key in thread["items"])
        assert all(key in items for key in thread["items"])
        assert thread["meeting"] is None or items[thread["meeting"]]["kind"] == "meeting"
        assert {message["by"] for message in thread["messages"]} <= {asker, thread["holder"]}
        assert thread["messages"][0]["by"] == asker
        assert set(thread["read"]) <= {asker, mentor}
        assert all(1 <= seq <= len(thread["messages"]) for seq in thread["read"].values())
        for message in thread["messages"]:
            assert ("body" in message) != ("voice" in message)
            if "voice" in message:
                assert voices[message["voice"]]["by"] == message["by"]
                spoken.append(message["voice"])
        for draft in thread["drafts"]:
            assert draft["item"] is None or draft["item"] in items
            assert all(comment["by"] == mentor for comment in draft["comments"])
            assert all(version["by"] == asker for version in draft["versions"])
        for takeaway in thread["takeaways"]:
            assert takeaway["item"] is None or takeaway["item"] in items
            assert takeaway["meeting"] is None or items[takeaway["meeting"]]["kind"] == "meeting"
    assert sorted(spoken) == sorted(voices)


def test_states_follow_from_what_was_said(story: Json) -> None:
    for thread in story["threads"]:
        last = thread["messages"][-1]["by"]
        answered = any(message["by"] == thread["holder"] for message in thread["messages"])
        expected = {
            "waiting": thread["holder"] is None,
            "claimed": thread["holder"] is not None and last == thread["author"],
            "answered": last == thread["holder"],
            "closed": answered and "closed" in thread,
        }[thread["state"]]
        assert expected, thread["key"]
        assert ("claimed" in thread) == (thread["holder"] is not None), thread["key"]
        assert ("closed" in thread) == (thread["state"] == "closed"), thread["key"]


def test_comments_quote_their_version_and_accepted_ones_made_the_next(story: Json) -> None:
    for draft in drafts_of(story):
        made_by = [version["accepts"] for version in draft["versions"] if "accepts" in version]
        accepted = [comment["key"] for comment in draft["comments"] if comment["state"] == "accepted"]
        assert sorted(made_by) == sorted(accepted), draft["key"]
        assert 1 <= len(draft["versions"]) <= 3
        texts = [version["text"] for version in draft["versions"]]
        assert len(set(texts)) == len(texts)
        for comment in draft["comments"]:
            text = texts[comment["version"] - 1]
            assert text[comment["start"] : comment["end"]] == comment["quote"]
            assert comment["body"]
            assert comment["suggestion"] != comment["quote"]


def test_takeaways_are_passages_of_the_advice_they_came_from(story: Json) -> None:
    scripts = {voice["key"]: voice["script"] for voice in story["voices"]}
    pinned = 0
    for thread in story["threads"]:
        comments = {comment["key"]: comment for draft in thread["drafts"] for comment in draft["comments"]}
        for takeaway in thread["takeaways"]:
            pinned += 1
            if "comment" in takeaway:
                source = comments[takeaway["comment"]]
                words = source["body"]
            else:
                source = thread["messages"][takeaway["message"] - 1]
                words = source.get("body") or scripts[source["voice"]]
            assert takeaway["text"] in words, takeaway["text"]
            assert source["by"] == thread["holder"]
            assert takeaway["by"] == thread["author"]
            assert moment(takeaway) > moment(source), takeaway["text"]
    assert pinned >= 20


@pytest.mark.parametrize("now", NOWS, ids=str)
def test_time_never_runs_backwards_nor_ahead_of_now(now: datetime) -> None:
    for thread in told(now)["threads"]:
        said = [moment(message) for message in thread["messages"]]
        acts = [thread[name] for name in ("claimed", "closed") if name in thread] + thread["takeaways"]
        for draft in thread["drafts"]:
            versions = draft["versions"]
            acts += versions + draft["comments"]
            assert all(moment(a) <= moment(b) for a, b in pairwise(versions)), draft["key"]
            for comment in draft["comments"]:
                assert moment(comment) > moment(versions[comment["version"] - 1]), comment["key"]
                newer = versions[comment["version"] :]
                later = [version for version in newer if version.get("accepts") == comment["key"]]
                assert all(moment(version) > moment(comment) for version in later)
        assert all(earlier < later for earlier, later in pairwise(said)), thread["key"]
        assert all(said[0] <= moment(act) <= now for act in acts), thread["key"]
        assert said[-1] <= now
        if "claimed" in thread:
            answers = [m for m in thread["messages"] if m["by"] == thread["holder"]]
            assert all(moment(answer) > moment(thread["claimed"]) for answer in answers), thread["key"]
        if "closed" in thread:
            assert moment(thread["closed"]) >= said[-1]


@pytest.mark.parametrize("now", NOWS, ids=str)
def test_the_meeting_is_on_a_friday_still_to_come(now: datetime) -> None:
    story = told(now)
    annual = items_of(story)["otter.annual"]
    due = date.fromisoformat(annual["due_on"])
    assert due.weekday() == 4
    today = now.astimezone(ZoneInfo(story["circle"]["time_zone"])).date()
    assert 0 < (due - today).days <= 7
    assert annual["details"]["time"] == "09:30"
    assert len(annual["details"]["points"]) == 3
    assert annual["details"]["say_it"]
    for_it = [thread for thread in story["threads"] if thread["meeting"] == "otter.annual"]
    assert {thread["state"] for thread in for_it} == {"answered", "claimed", "closed"}
    assert sum(t["meeting"] == "otter.annual" for thread in for_it for t in thread["takeaways"]) >= 3


def test_goals_have_a_series_in_one_unit_with_a_baseline_of_three(story: Json) -> None:
    measures = set()
    for key, goal in items_of(story).items():
        if goal["kind"] != "goal":
            continue
        details = goal["details"]
        measures.add(details["measure"])
        points = [entry for entry in goal["entries"] if "value" in entry]
        assert 8 <= len(points) <= 15, key
        first = sorted(e["value"] for e in points if e["details"]["phase"] == "baseline")
        assert len(first) == 3, key
        assert details["baseline"] == first[1], f"{key}: the baseline is the median of three"
        assert (details["target"] > details["baseline"]) == (details["direction"] == "increase"), key
        days = [entry["on"] for entry in goal["entries"]]
        assert days == sorted(days), key
        assert details["baseline_on"] < details["target_on"], key
        assert all(entry["details"]["why"] for entry in goal["entries"] if "value" not in entry), key
    assert {"rate", "trials", "rubric", "frequency", "latency"} <= measures
    assert {"work_completion", "task_steps", "percent"} <= measures


def test_service_minutes_say_why_they_are_missing(story: Json) -> None:
    log = [e for item in items_of(story).values() if item["kind"] == "service" for e in item["entries"]]
    assert len(log) >= 30
    for entry in log:
        details = entry["details"]
        assert entry["value"] == details["delivered_minutes"]
        whole = details["delivered_minutes"] == details["planned_minutes"]
        assert whole == (details["status"] == "delivered")
        assert whole or "missed_reason" in details
    group = items_of(story)["heron.writing-group"]["entries"]
    assert (len(group), sum(entry["value"] for entry in group)) == (12, 210)  # as the thread about it says


def test_annual_reviews_are_due_12_months_minus_a_day_after_the_last(story: Json) -> None:
    annuals = [i for i in read()["cases"] for i in i["items"] if i["details"].get("rule") == "annual"]
    assert annuals
    for item in annuals:
        assert item["due_on"]["day"] - item["details"]["anchor_on"]["day"] == 364


def test_voices_are_real_opus_of_the_length_they_say(story: Json) -> None:
    roles, whole = roles_of(story), 0
    for voice in story["voices"]:
        whole += voice["file"].stat().st_size
        with av.open(str(voice["file"])) as container:
            stream = container.streams.audio[0]
            assert stream.codec_context.name in {"opus", "libopus"}
            heard = sum(frame.samples / frame.sample_rate for frame in container.decode(stream))
        assert abs(heard * 1000 - voice["duration_ms"]) < 100, voice["key"]
        low, high = (40, 90) if "mentor" in roles[voice["by"]] else (20, 40)
        assert low <= heard <= high, voice["key"]
        at = [mark["at_ms"] for mark in voice["marks"]]
        assert at == sorted(at)
        assert all(0 <= ms < voice["duration_ms"] for ms in at)
        assert {mark["kind"] for mark in voice["marks"]} <= {"point", "ask", "do_this", "careful"}
        assert voice["gist"]
        assert len(voice["gist"]) <= 200
    assert whole < 1_500_000
    assert {path.stem for path in VOICES.glob("*.webm")} == {voice["key"] for voice in story["voices"]}


def test_marks_stand_on_words_that_are_said_once() -> None:
    for voice in read()["voices"]:
        assert all(voice["script"].count(mark["at"]) == 1 for mark in voice["marks"]), voice["key"]


def test_no_text_holds_an_exact_date_a_number_to_call_or_anyone_outside_its_thread() -> None:
    story = read()
    months = "January|February|March|April|June|July|August|September|October|November|December"
    never = re.compile(rf"\b(?:{months})\b|\d{{1,2}}/\d{{1,2}}\b|\d{{3}}[-. ]\d{{4}}|@|https?:")
    names = {person["key"]: set(person["name"].split()) for person in story["people"]}
    everyone = set().union(*names.values())
    scripts = {voice["key"]: voice for voice in story["voices"]}
    for case in story["cases"]:
        for text in texts_in(case):
            assert not never.search(text), text
            assert not everyone & set(re.findall(r"\w+", text)), text
    for thread in story["threads"]:
        voices = [scripts[message["voice"]] for message in thread["messages"] if "voice" in message]
        outside = everyone - names[thread["author"]] - names.get(thread["holder"], set())
        for text in texts_in([thread, voices]):
            assert not never.search(text), text
            assert not outside & set(re.findall(r"\w+", text)), text


def test_no_draft_names_anyone(story: Json) -> None:
    everyone = {word for person in story["people"] for word in person["name"].split()}
    for draft in drafts_of(story):
        for version in draft["versions"]:
            assert not everyone & set(re.findall(r"\w+", version["text"]))


def test_months_are_words_once_told(story: Json) -> None:
    assert not [text for text in texts_in(story) if "{" in text]
    assert "in December the median" in drafts_of(story)[0]["versions"][0]["text"]


@pytest.mark.parametrize("month", range(1, 13))
def test_a_month_in_a_text_passes_the_screen_whichever_it_is(month: int) -> None:
    story = told(datetime(2031, month, 26, 15, 30, tzinfo=UTC))
    dated = [text for text in texts_in([story["cases"], story["threads"]]) if MONTHS.search(text)]
    assert dated
    people = [person["name"] for person in story["people"]] + [case["alias"] for case in story["cases"]]
    for text in dated:
        found = deid.find(text, people=people).findings
        assert not found, (text, found)


@pytest.mark.parametrize(
    ("start", "steps", "expected"),
    [
        (date(2031, 2, 26), 0, date(2031, 2, 26)),
        (date(2031, 2, 26), -3, date(2031, 2, 21)),
        (date(2031, 3, 1), 0, date(2031, 2, 28)),
        (date(2031, 3, 2), -1, date(2031, 2, 27)),
        (date(2031, 3, 1), 1, date(2031, 3, 3)),
        (date(2031, 2, 28), 2, date(2031, 3, 4)),
    ],
)
def test_school_days_pass_over_weekends(start: date, steps: int, expected: date) -> None:
    assert school_day(start, steps) == expected
