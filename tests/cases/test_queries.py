"""Lists cost the same number of queries, however long they are."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event


@contextmanager
def counted() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        # The hub looks by itself, once a second, whether another process wrote.
        if "FROM counters" not in statement:
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_long_lists_cost_no_more_queries_than_short_ones(teacher):
    case = (await teacher.post("/api/cases", json={"alias": "Otter", "plan_type": "IEP"})).json()
    items = f"/api/cases/{case['id']}/items"
    goal = (await teacher.post(items, json={"kind": "goal", "title": "Reading"})).json()
    entries = f"/api/items/{goal['id']}/entries"
    await teacher.post(entries, json={"on": "2026-11-02", "value": 1})
    await teacher.post("/api/items", json={"kind": "todo", "title": "Book the room"})
    urls = ("/api/cases", items, entries, "/api/items")

    async def cost() -> dict[str, int]:
        costs = {}
        for url in urls:
            with counted() as said:
                assert (await teacher.get(url)).status_code == 200
            costs[url] = len([each for each in said if each.lstrip().upper().startswith("SELECT")])
        return costs

    short = await cost()
    for number in range(12):
        await teacher.post("/api/cases", json={"alias": "Heron", "plan_type": "IEP"})
        await teacher.post(items, json={"kind": "todo", "title": f"Thing {number}"})
        await teacher.post(entries, json={"on": "2026-11-03", "value": number})
        await teacher.post("/api/items", json={"kind": "note", "title": f"Note {number}"})
    assert await cost() == short
    assert max(short.values()) <= 4  # The session and the door are two of them.
