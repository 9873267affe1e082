"""Who reads what, after any acts in any order, is what a small model says: by lists and by changes."""

import asyncio
import shutil
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app import standing
from app.core.settings import Settings
from app.main import create_app
from tests.conftest import client_of
from tests.factories import Actor, make_circle, make_person

NAMES = ("ada", "bea", "cleo", "dora", "stew")
TEACHERS = ("ada", "bea")
MENTORS = ("bea", "cleo", "dora")
people = st.sampled_from(NAMES)


@dataclass
class Question:
    """What the model knows of a thread."""

    id: str
    author: str
    mentor: str | None
    for_anyone: bool
    state: str = "waiting"
    is_held: bool = False
    released_by: str | None = None


class Model:
    """The rule of who reads a thread, in a few lines of plain Python."""

    def __init__(self) -> None:
        self.mentors = set(MENTORS)
        self.works_with: dict[str, set[str]] = {name: set() for name in NAMES}
        self.questions: dict[str, Question] = {}

    def may_mentor(self, name: str, question: Question) -> bool:
        return (
            name in self.mentors and name != question.author and name not in self.works_with[question.author]
        )

    def reads(self, name: str, question: Question) -> bool:
        if name == question.author:
            return True
        if not self.may_mentor(name, question):
            return False
        return question.mentor == name or (question.mentor is None and question.for_anyone)

    def give_back(self) -> None:
        for question in self.questions.values():
            if question.state == "closed" or question.mentor is None:
                continue
            if not self.may_mentor(question.mentor, question):
                question.mentor, question.state, question.is_held = None, "waiting", False


class Readers(RuleBasedStateMachine):
    """Five people, any acts in any order."""

    stage: Path
    scratch: Path
    asked = Bundle("asked")

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.runner = asyncio.Runner()
        self.running = AsyncExitStack()

    def run(self, what: Awaitable[Any]) -> Any:
        async def awaited() -> Any:
            return await what

        return self.runner.run(awaited())

    @initialize()
    def open_the_circle(self) -> None:
        self.run(self._open())

    async def _open(self) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir()
        shutil.copytree(self.stage / "keys", self.scratch / "keys")
        shutil.copy(self.stage / "empty.sqlite3", self.scratch / "colleague.sqlite3")
        service = create_app(
            Settings(
                _env_file=None, base_url="http://localhost:8000", data_dir=self.scratch, rate_limits="off"
            ),
            with_worker=False,
        )
        await self.running.enter_async_context(service.router.lifespan_context(service))
        self.db = service.state.db
        self.actors: dict[str, Actor] = {}
        for name in NAMES:
            person_id, token = await make_person(self.db, name.title(), f"{name}@example.org")
            client = client_of(service, headers={"Authorization": f"Bearer {token}"})
            await self.running.enter_async_context(client)
            self.actors[name] = Actor(person_id, name, f"{name}@example.org", client)
        self.circle_id: UUID = await make_circle(
            self.db,
            "River Circle",
            teachers=[self.actors[name].id for name in TEACHERS],
            mentors=[self.actors[name].id for name in MENTORS],
            stewards=[self.actors["stew"].id],
        )
        self.cursors: dict[str, str | None] = dict.fromkeys(NAMES)
        self.stores: dict[str, dict[str, str | None]] = {name: {} for name in NAMES}

    def teardown(self) -> None:
        self.run(self.running.aclose())
        self.runner.close()

    def id_of(self, name: str | None) -> str | None:
        return str(self.actors[name].id) if name else None

    def act(self, who: str, question: Question, name: str, **said: Any) -> int:
        url = f"/api/threads/{question.id}/{name}"
        reply = self.run(self.actors[who].post(url, **({"json": said} if said else {})))
        return int(reply.status_code)

    @rule(target=asked, who=st.sampled_from(TEACHERS), mentor=st.none() | st.sampled_from(MENTORS))
    def ask(self, who: str, mentor: str | None) -> Any:
        said = {"circle_id": str(self.circle_id), "body": "What first?", "mentor_id": self.id_of(mentor)}
        question = Question("", who, mentor, for_anyone=mentor is None)
        reply = self.run(self.actors[who].post("/api/threads", json=said))
        if mentor and not self.model.may_mentor(mentor, question):
            assert reply.status_code == 422
            return None
        assert reply.status_code == 201
        question.id = reply.json()["id"]
        self.model.questions[question.id] = question
        return question.id

    def find(self, id: str | None) -> Question | None:
        return self.model.questions.get(id) if id else None

    @rule(id=asked, who=people)
    def claim(self, id: str | None, who: str) -> None:
        if not (question := self.find(id)):
            return
        model = self.model
        if not model.reads(who, question):
            late = question.for_anyone and model.may_mentor(who, question)
            expected = 409 if late else 404
        elif who == question.author:
            expected = 403
        elif question.mentor == who and question.is_held:
            expected = 200
        elif question.state == "closed":
            expected = 409
        else:
            expected = 200
            question.mentor, question.state, question.is_held = who, "claimed", True
            question.released_by = None
        assert self.act(who, question, "claim") == expected

    @rule(id=asked, who=people)
    def release(self, id: str | None, who: str) -> None:
        if not (question := self.find(id)):
            return
        expected = self._giving(question, who)
        if question.mentor is None and question.released_by == who and self.model.reads(who, question):
            expected = 200
        elif expected == 200:
            question.mentor, question.state, question.is_held = None, "waiting", False
            question.released_by = who
        assert self.act(who, question, "release") == expected

    def _giving(self, question: Question, who: str) -> int:
        if not self.model.reads(who, question):
            return 404
        if question.mentor != who:
            return 403
        return 409 if question.state == "closed" else 200

    @rule(id=asked, who=people, to=people)
    def hand_over(self, id: str | None, who: str, to: str) -> None:
        if not (question := self.find(id)):
            return
        expected = self._giving(question, who)
        if expected == 200 and (to == who or not self.model.may_mentor(to, question)):
            expected = 422
        elif expected == 200:
            question.mentor = to
        assert self.act(who, question, "hand-over", mentor_id=self.id_of(to)) == expected

    @rule(id=asked, who=people, name=st.sampled_from(("close", "reopen")))
    def turn(self, id: str | None, who: str, name: str) -> None:
        if not (question := self.find(id)):
            return
        expected = 404 if not self.model.reads(who, question) else 200 if who == question.author else 403
        if expected == 200 and name == "close":
            question.state = "closed"
        elif expected == 200 and question.state == "closed":
            if question.mentor and not self.model.may_mentor(question.mentor, question):
                question.mentor, question.is_held = None, False
            question.state = "claimed" if question.is_held else "waiting"
        assert self.act(who, question, name) == expected

    @rule(id=asked, who=people)
    def post(self, id: str | None, who: str) -> None:
        if not (question := self.find(id)):
            return
        if not self.model.reads(who, question):
            expected = 404
        elif question.state == "closed":
            expected = 409
        else:
            expected = 201
            if who == question.author:
                question.state = "claimed" if question.state == "answered" else question.state
            else:
                question.mentor, question.state, question.is_held = who, "answered", True
                question.released_by = None
        assert self.act(who, question, "messages", body="A thought.") == expected

    @rule(id=asked, who=people, mentor=st.none() | people)
    def choose(self, id: str | None, who: str, mentor: str | None) -> None:
        if not (question := self.find(id)):
            return
        is_no_change = (mentor or question.for_anyone) and mentor == question.mentor
        if not self.model.reads(who, question):
            expected = 404
        elif who != question.author:
            expected = 403
        elif is_no_change or (mentor is None and question.for_anyone):
            expected = 200
        elif question.state == "closed":
            expected = 409
        elif mentor and not self.model.may_mentor(mentor, question):
            expected = 422
        else:
            expected = 200
            question.mentor, question.for_anyone = mentor, mentor is None
            question.state, question.is_held, question.released_by = "waiting", False, None
        url = f"/api/threads/{question.id}"
        reply = self.run(self.actors[who].patch(url, json={"mentor_id": self.id_of(mentor)}))
        assert reply.status_code == expected

    @rule(who=st.sampled_from(TEACHERS), colleagues=st.sets(st.sampled_from(MENTORS)))
    def name_colleagues(self, who: str, colleagues: set[str]) -> None:
        colleagues = colleagues - {who}
        said = {"works_with": sorted(filter(None, map(self.id_of, colleagues)))}
        reply = self.run(self.actors[who].patch("/api/me", json=said))
        assert reply.status_code == 200
        self.model.works_with[who] = colleagues
        self.model.give_back()

    @rule(who=st.sampled_from(MENTORS), is_mentor=st.booleans())
    def change_place(self, who: str, is_mentor: bool) -> None:
        roles = [*(["teacher"] if who in TEACHERS else ["steward"]), *(["mentor"] if is_mentor else [])]
        person_id = self.actors[who].id
        self.run(self.db.write(lambda tx: standing.set_roles(tx, self.circle_id, person_id, roles)))
        (self.model.mentors.add if is_mentor else self.model.mentors.discard)(who)
        self.model.give_back()

    @invariant()
    def everyone_sees_what_the_model_says(self) -> None:
        if hasattr(self, "actors"):
            self.run(self._look())

    async def _look(self) -> None:
        for name, actor in self.actors.items():
            expected = {
                question.id: (question.state, self.id_of(question.mentor))
                for question in self.model.questions.values()
                if self.model.reads(name, question)
            }
            listed = (await actor.get("/api/threads?limit=200")).json()["items"]
            assert {each["id"]: (each["state"], each["mentor_id"]) for each in listed} == expected
            await self._catch_up(name)
            told = {
                id: (each["state"], each["mentor_id"])
                for (kind, id), each in self.stores[name].items()
                if kind == "thread"
            }
            assert told == expected
            seen = {each["thread_id"] for (kind, _), each in self.stores[name].items() if kind == "message"}
            assert seen == set(expected)

    async def _catch_up(self, name: str) -> None:
        store: dict[Any, Any] = self.stores[name]
        while True:
            since = self.cursors[name]
            query = {"since": since} if since else {}
            page = (await self.actors[name].get("/api/changes", params=query)).json()
            self.cursors[name] = page["next"]
            for change in page["items"]:
                key = (change["kind"], change["id"])
                if change["op"] == "put" and "object" in change:
                    store[key] = change["object"]
                elif change["op"] == "gone":
                    store.pop(key, None)
                    for below in [k for k, each in store.items() if each.get("thread_id") == change["id"]]:
                        del store[below]
            if not page["items"]:
                return


def test_readers_are_those_of_the_model(stage: Path, tmp_path: Path):
    Readers.stage, Readers.scratch = stage, tmp_path / "circle"
    run_state_machine_as_test(
        Readers,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
