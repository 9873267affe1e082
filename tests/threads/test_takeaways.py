"""Takeaways: pinned by the author from what was said to her, changed, taken down."""

from app.core.ids import new_id
from tests.factories import Cast
from tests.threads.conftest import Ask


async def pin(actor, thread, text="Lead with strengths.", **said):
    return await actor.post(f"/api/threads/{thread['id']}/takeaways", json={"text": text, **said})


async def test_the_author_pins_and_every_reader_sees_it(cast: Cast, question, ask: Ask):
    reply = (
        await cast.mentor.post(
            f"/api/threads/{question['id']}/messages", json={"body": "Lead with strengths, always."}
        )
    ).json()
    pinned = await pin(cast.teacher, question, message_id=reply["id"])
    assert pinned.status_code == 201
    assert (pinned.json()["message_id"], pinned.json()["text"]) == (reply["id"], "Lead with strengths.")
    assert (await pin(cast.mentor, question)).status_code == 403
    for stranger in (cast.other_mentor, cast.steward, cast.outsider):
        assert (await pin(stranger, question)).status_code == 404
    for actor in (cast.teacher, cast.mentor):
        seen = (await actor.get(f"/api/threads/{question['id']}")).json()["takeaways"]
        assert [each["text"] for each in seen] == ["Lead with strengths."]

    elsewhere = await ask()
    wrong = await pin(cast.teacher, elsewhere, message_id=reply["id"])
    assert wrong.status_code == 404
    assert (await pin(cast.teacher, question, comment_id=str(new_id()))).status_code == 404


async def test_it_is_put_on_her_own_item_or_meeting(cast: Cast, question):
    case = (await cast.teacher.post("/api/cases", json={"alias": "Heron", "plan_type": "IEP"})).json()
    made = {}
    for kind in ("goal", "meeting"):
        made[kind] = (
            await cast.teacher.post(f"/api/cases/{case['id']}/items", json={"kind": kind, "title": "Reading"})
        ).json()["id"]
    pinned = (await pin(cast.teacher, question, item_id=made["goal"], meeting_id=made["meeting"])).json()
    assert (pinned["item_id"], pinned["meeting_id"]) == (made["goal"], made["meeting"])
    seen = (await cast.mentor.get(f"/api/threads/{question['id']}")).json()["takeaways"][0]
    assert (seen["item_id"], seen["meeting_id"]) == (made["goal"], None)
    assert (await pin(cast.teacher, question, meeting_id=made["goal"])).status_code == 422
    assert (await pin(cast.teacher, question, item_id=str(new_id()))).status_code == 404


async def test_a_repeat_is_known_even_after_a_change(cast: Cast, question):
    said = {"id": str(new_id()), "text": "Count the minutes."}
    url = f"/api/takeaways/{said['id']}"
    assert (await pin(cast.teacher, question, **said)).status_code == 201
    changed = await cast.teacher.patch(url, json={"text": "Count the minutes first."})
    assert changed.json()["text"] == "Count the minutes first."
    again = await pin(cast.teacher, question, **said)
    assert (again.status_code, again.json()["text"]) == (200, "Count the minutes first.")
    assert (await pin(cast.teacher, question, id=said["id"], text="Other.")).status_code == 409

    assert (await cast.mentor.patch(url, json={"text": "Mine."})).status_code == 403
    assert (await cast.outsider.patch(url, json={"text": "Mine."})).status_code == 404
    assert (await cast.teacher.patch(url, json={"text": None})).status_code == 422
    refused = await cast.teacher.patch(url, json={"text": "Mail anna.b@example.com"})
    assert list(refused.json()["findings"]) == ["text"]

    assert (await cast.mentor.delete(url)).status_code == 403
    assert (await cast.teacher.delete(url)).status_code == 204
    assert (await cast.teacher.delete(url)).status_code == 404
    assert (await pin(cast.teacher, question, **said)).status_code == 404
    assert (await cast.teacher.get(f"/api/threads/{question['id']}")).json()["takeaways"] == []


async def test_a_closed_thread_can_still_be_pinned_from(cast: Cast, question):
    await cast.teacher.post(f"/api/threads/{question['id']}/close")
    assert (await pin(cast.teacher, question)).status_code == 201
