"""A text that the screen refused waits on its phone; half an hour later its writer is asked for one look."""

from sqlalchemy import select

from app.core.ids import new_id
from app.screening.models import Refusal

NAMED = "Jackson Wilson reads aloud at 555-201-3344 and writes to kim.wilson@example.org."


async def refusals(db) -> list[tuple[str, str]]:
    rows = await db.read(lambda tx: list(tx.execute(select(Refusal.__table__))))
    return [(row.object_kind, str(row.object_id)) for row in rows]


async def test_a_refused_question_is_remembered_by_its_id_and_its_writer_asked_for_one_look(
    office, sink, db, teacher
):
    asked = {"id": str(new_id()), "circle_id": str(office.cast.circle_id), "body": NAMED}
    for _ in range(3):
        reply = await teacher.post("/api/threads", json=asked)
        assert (reply.status_code, reply.json()["type"]) == (422, "/problems/identifiers-found")
    assert await refusals(db) == [("thread", asked["id"])]
    office.later(minutes=31)
    await office.worker()
    assert sink.subjects(teacher.email) == ["Something you wrote is still on your phone"]
    assert "Wilson" not in sink.to(teacher.email)[0].as_string()


async def test_sent_after_a_look_nothing_is_asked(office, sink, db, teacher):
    asked = {"id": str(new_id()), "circle_id": str(office.cast.circle_id), "body": NAMED}
    await teacher.post("/api/threads", json=asked)
    mended = asked | {"body": "How do I begin with what the student can do?"}
    assert (await teacher.post("/api/threads", json=mended)).status_code == 201
    reply = {"id": str(new_id()), "body": NAMED}
    thread = f"/api/threads/{asked['id']}/messages"
    assert (await teacher.post(thread, json=reply)).status_code == 422
    assert (await teacher.post(thread, json=reply | {"body": "One more thing."})).status_code == 201
    assert len(await refusals(db)) == 2
    office.later(minutes=31)
    await office.worker()
    assert sink.to(teacher.email) == []


async def test_what_came_without_an_id_of_its_own_is_on_no_phone(office, db, teacher):
    asked = {"circle_id": str(office.cast.circle_id), "body": NAMED}
    assert (await teacher.post("/api/threads", json=asked)).status_code == 422
    assert await refusals(db) == []
