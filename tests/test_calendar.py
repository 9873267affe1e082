from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from sqlalchemy import text

from app.core.clock import now


@pytest.fixture
async def case(teacher):
    return (await teacher.post("/api/cases", json={"alias": "Otter", "plan_type": "IEP"})).json()


async def made_item(teacher, case, **item):
    reply = await teacher.post(f"/api/cases/{case['id']}/items", json=item)
    assert reply.status_code == 201
    return reply.json()


async def address_of(teacher):
    made = await teacher.post("/api/me/calendar")
    assert made.status_code == 201
    assert made.json()["url"].startswith("http://localhost:8000/api/calendar/")
    return made.json()["url"]


def events_in(reply):
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/calendar; charset=utf-8"
    return {str(event["uid"]): event for event in icalendar.Calendar.from_ical(reply.content).events}


async def test_a_meeting_stands_in_the_calendar_at_its_owners_hour(teacher, case, anyone):
    day = (now() + timedelta(days=30)).date().replace(month=1, day=15)
    day = day.replace(year=day.year + 1)  # January, so that New York is five hours behind.
    timed = await made_item(
        teacher,
        case,
        kind="meeting",
        title="Annual review about reading",
        due_on=str(day),
        details={"time": "09:30", "minutes": 45, "purpose": "Keep text-to-speech"},
    )
    untimed = await made_item(teacher, case, kind="meeting", title="Short talk", due_on=str(day))
    due = await made_item(teacher, case, kind="deadline", title="Progress report", due_on=str(day))
    await made_item(teacher, case, kind="goal", title="Reading aloud", due_on=str(day))
    await made_item(teacher, case, kind="meeting", title="No day yet")
    await made_item(teacher, case, kind="deadline", title="Done", due_on=str(day), details={"status": "done"})

    reply = await anyone.get(await address_of(teacher))
    events = events_in(reply)
    assert set(events) == {f"{each['id']}@pocket-colleague" for each in (timed, untimed, due)}
    meeting = events[f"{timed['id']}@pocket-colleague"]
    assert meeting["summary"] == "Meeting: Otter"
    assert meeting.start == datetime(day.year, 1, 15, 14, 30, tzinfo=UTC)
    assert meeting.end - meeting.start == timedelta(minutes=45)
    assert events[f"{untimed['id']}@pocket-colleague"].start == day
    deadline = events[f"{due['id']}@pocket-colleague"]
    assert (deadline["summary"], deadline.start) == ("Due: Otter", day)
    assert isinstance(deadline.start, date)
    assert not isinstance(deadline.start, datetime)
    for word in ("review", "speech", "Progress", "Short"):
        assert word not in reply.text


async def test_a_new_address_ends_the_old_one(teacher, anyone):
    first, second = await address_of(teacher), await address_of(teacher)
    assert (await anyone.get(first)).status_code == 404
    assert (await anyone.get(second)).status_code == 200
    assert (await teacher.delete("/api/me/calendar")).status_code == 204
    assert (await anyone.get(second)).status_code == 404
    assert (await teacher.delete("/api/me/calendar")).status_code == 404


async def test_she_sees_whether_there_is_an_address_but_not_which(teacher, other_teacher):
    assert (await teacher.get("/api/me/calendar")).json() == {"created_at": None}
    url = await address_of(teacher)
    seen = await teacher.get("/api/me/calendar")
    assert seen.json()["created_at"]
    assert url.rsplit("/", 1)[1].removesuffix(".ics") not in seen.text
    assert (await other_teacher.get("/api/me/calendar")).json() == {"created_at": None}
    await teacher.delete("/api/me/calendar")
    assert (await teacher.get("/api/me/calendar")).json() == {"created_at": None}


async def test_a_wrong_address_opens_nothing(anyone, teacher):
    url = await address_of(teacher)
    wrong = url.replace(url[-10], "x" if url[-10] != "x" else "y")
    assert (await anyone.get(wrong)).status_code == 404
    assert (await anyone.get("/api/calendar/short.ics")).status_code in (404, 422)
    assert (await anyone.post("/api/me/calendar")).status_code == 401


async def test_the_calendar_holds_its_owners_students_only(teacher, other_teacher, case, anyone):
    await made_item(teacher, case, kind="meeting", title="Review", due_on=str(now().date()))
    assert events_in(await anyone.get(await address_of(other_teacher))) == {}


async def test_the_secret_is_not_stored(teacher, db):
    secret = (await address_of(teacher)).rsplit("/", 1)[1].removesuffix(".ics")
    stored = await db.read(
        lambda tx: tx.execute(text("SELECT secret_hash FROM calendar_addresses")).scalars().all()
    )
    assert len(stored) == 1
    assert secret not in stored[0]


async def test_a_deleted_student_leaves_the_calendar(teacher, case, anyone):
    await made_item(teacher, case, kind="meeting", title="Review", due_on=str(now().date()))
    url = await address_of(teacher)
    assert len(events_in(await anyone.get(url))) == 1
    assert (await teacher.delete(f"/api/cases/{case['id']}")).status_code == 204
    assert events_in(await anyone.get(url)) == {}
