"""One student as a zip: readable, whole, and for the student's teacher only."""

import hashlib
import io
from html.parser import HTMLParser
from uuid import UUID

import av

from tests.export.conftest import Week, opened
from tests.factories import Cast
from tests.threads.many import fill


async def test_a_student_comes_out_whole(teacher, week: Week):
    reply = await teacher.get(f"/api/cases/{week.case['id']}/export")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/zip"
    assert reply.headers["content-disposition"].startswith('attachment; filename="otter-')
    archive, data, manifest = opened(reply.content)

    assert data["students"][0]["case"]["alias"] == "Otter"
    goal, meeting = sorted(data["students"][0]["items"], key=lambda each: each["item"]["kind"])
    assert [entry["value"] for entry in goal["entries"]] == [82, 84, 88]
    assert meeting["item"]["details"]["purpose"] == "Keep text-to-speech."
    (question,) = data["questions"]
    assert question["messages"][0]["body"] == "How have you argued this?"
    assert question["messages"][1]["voice"]["gist"] == "Lead with what opens up."
    assert question["drafts"][0]["versions"][0]["text"] == "The student reads aloud."
    assert question["drafts"][0]["comments"][0]["body"] == "Say more about this."
    assert question["takeaways"][0]["text"] == "Lead with what opens up."

    assert manifest["counts"] == {
        "students": 1,
        "items": 2,
        "questions": 1,
        "messages": 2,
        "recordings": 1,
    }
    assert manifest["missing"] == []
    assert {each["name"] for each in manifest["files"]} | {"manifest.json"} == set(archive.namelist())
    for each in manifest["files"]:
        content = archive.read(each["name"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (each["bytes"], each["sha256"])


async def test_the_recording_in_it_plays(teacher, week: Week):
    archive, _, _ = opened((await teacher.get(f"/api/cases/{week.case['id']}/export")).content)
    sound = archive.read(f"audio/{week.voice_id}.m4a")
    with av.open(io.BytesIO(sound)) as source:
        assert source.streams.audio[0].codec_context.name == "aac"


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("href", "src")]


async def test_every_page_can_be_read_and_every_link_leads_somewhere(teacher, week: Week):
    archive, _, _ = opened((await teacher.get(f"/api/cases/{week.case['id']}/export")).content)
    pages = [name for name in archive.namelist() if name.endswith(".html")]
    assert pages == ["index.html", "students/01-otter.html", "questions/001.html"]
    for page in pages:
        links = _Links()
        links.feed(archive.read(page).decode())
        folder = page.rpartition("/")[0]
        for link in links.found:
            there = link.removeprefix("../") if link.startswith("../") else f"{folder}/{link}".strip("/")
            assert there in archive.namelist(), (page, link)

    student = archive.read("students/01-otter.html").decode()
    for words in (
        "Reading aloud",
        "Keep text-to-speech.",
        "Listening is another way.",
        "<svg",
        "To be written.",
    ):
        assert words in student
    assert "Likes &lt;b&gt;maps&lt;/b&gt; &amp; charts." in student
    question = archive.read("questions/001.html").decode()
    for words in (
        "How have you argued this?",
        "Lead with what opens up.",
        "Say more about this.",
        "Ruth Ambrose",
    ):
        assert words in question


async def test_nobody_else_can_take_a_student_along(cast: Cast, week: Week, anyone):
    url = f"/api/cases/{week.case['id']}/export"
    for other in (cast.mentor, cast.other_mentor, cast.other_teacher, cast.steward, cast.outsider):
        assert (await other.get(url)).status_code == 404
    assert (await anyone.get(url)).status_code == 401
    await cast.teacher.delete(f"/api/cases/{week.case['id']}")
    assert (await cast.teacher.get(url)).status_code == 410


async def test_a_long_question_comes_out_to_its_first_word(teacher, week: Week, db):
    await fill(db, UUID(week.thread["id"]), teacher.id, 450)
    _, data, _ = opened((await teacher.get(f"/api/cases/{week.case['id']}/export")).content)
    said = [message["seq"] for message in data["questions"][0]["messages"]]
    assert said == list(range(1, len(said) + 1))
    assert len(said) >= 452


async def test_a_lost_recording_is_named_and_does_not_stop_the_rest(teacher, week: Week, service):
    await service.state.objects.delete(f"voice/{week.voice_id}")
    archive, _, manifest = opened((await teacher.get(f"/api/cases/{week.case['id']}/export")).content)
    assert manifest["missing"] == [f"audio/{week.voice_id}.m4a"]
    assert f"audio/{week.voice_id}.m4a" not in archive.namelist()
