"""A text that was found clean is not read again; one that was not is read every time."""

from app import deid
from app.screening import clean, gate
from tests.factories import Cast


async def test_what_the_screen_found_clean_passes_the_gate_unread(cast: Cast, monkeypatch):
    text = "The student reads 84 words a minute."
    assert (await cast.teacher.post("/api/screen", json={"text": text})).json()["findings"] == []
    assert clean.is_known(text)
    read: list[str] = []
    find = deid.find
    monkeypatch.setattr(gate.deid, "find", lambda said, **more: read.append(said) or find(said, **more))
    posted = await cast.teacher.post("/api/threads", json={"circle_id": str(cast.circle_id), "body": text})
    assert posted.status_code == 201
    assert read == []


async def test_what_was_found_is_never_remembered_as_clean(cast: Cast):
    text = "Ms. Kowalczyk says Jonah reads well."
    assert (await cast.teacher.post("/api/screen", json={"text": text})).json()["findings"]
    assert not clean.is_known(text)
    refused = await cast.teacher.post("/api/threads", json={"circle_id": str(cast.circle_id), "body": text})
    assert refused.status_code == 422
    assert not clean.is_known(text)


def test_only_so_many_are_remembered():
    clean.remember("the first of many")
    for number in range(clean.MOST):
        clean.remember(f"text {number}")
    assert not clean.is_known("the first of many")
    assert clean.is_known(f"text {clean.MOST - 1}")
