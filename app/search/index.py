"""One person's words in an in-memory SQLite FTS5 index: built on demand, kept fresh, dropped when idle.

Nothing of it touches a disk. How fresh it is, is the number of the last change its person could see.
"""

import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.search.gather import Doc
from app.search.query import Query

IDLE_S = 600.0
MOST_INDEXES = 200
MOST_DOCS = 1_000_000
# Private-use marks: a text cannot contain them after normalising into them, and they survive escaping.
OPEN, CLOSE = "\ue000", "\ue001"

_TABLES = """
CREATE TABLE docs(
  rowid INTEGER PRIMARY KEY, type TEXT, id TEXT, thread_id TEXT, case_id TEXT, title TEXT, at TEXT
);
CREATE VIRTUAL TABLE words USING fts5(title, text, tokenize="porter unicode61 remove_diacritics 2");
"""
# Ten for one: a title in a long text outweighs a word in a short list.
_FIND = """
SELECT d.type, d.id, d.thread_id, d.case_id, d.title, d.at, snippet(words, 1, ?, ?, '…', 24)
FROM words JOIN docs d ON d.rowid = words.rowid
WHERE words MATCH ? {where}
ORDER BY bm25(words, 10.0, 1.0), d.at DESC LIMIT ? OFFSET ?
"""


@dataclass(frozen=True)
class Hit:
    """A found text; `snippet` has its matches between OPEN and CLOSE."""

    type: str
    id: UUID
    thread_id: UUID | None
    case_id: UUID | None
    title: str
    at: str
    snippet: str


class Index:
    """The words of one person as of one change number."""

    def __init__(self, docs: Iterable[Doc], seq: int) -> None:
        self.seq = seq
        self.used_at = time.monotonic()
        self._lock = threading.Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute("PRAGMA temp_store=MEMORY")
        self._db.executescript(_TABLES)
        self.size = 0
        with self._db:
            for doc in docs:
                self.size += 1
                self._db.execute(
                    "INSERT INTO docs VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        self.size,
                        doc.type,
                        str(doc.id),
                        str(doc.thread_id) if doc.thread_id else None,
                        str(doc.case_id) if doc.case_id else None,
                        doc.title,
                        doc.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                    ),
                )
                self._db.execute(
                    "INSERT INTO words(rowid, title, text) VALUES (?, ?, ?)", (self.size, doc.title, doc.text)
                )

    def find(
        self,
        query: Query,
        *,
        case_id: UUID | None,
        kind: str | None,
        since: date | None,
        until: date | None,
        limit: int,
        offset: int,
    ) -> list[Hit]:
        """The best matches first, newer ones before older of the same rank."""
        self.used_at = time.monotonic()
        match = query.match()
        if match is None:
            return []
        where, values = "", []
        for condition, value in (
            ("AND d.case_id = ?", str(case_id) if case_id else None),
            ("AND d.type = ?", kind),
            ("AND substr(d.at, 1, 10) >= ?", since.isoformat() if since else None),
            ("AND substr(d.at, 1, 10) <= ?", until.isoformat() if until else None),
        ):
            if value is not None:
                where += f" {condition}"
                values.append(value)
        with self._lock:
            rows = self._db.execute(
                _FIND.format(where=where), (OPEN, CLOSE, match, *values, limit, offset)
            ).fetchall()
        return [
            Hit(
                type_,
                UUID(id_),
                UUID(thread_id) if thread_id else None,
                UUID(case) if case else None,
                title,
                at,
                snippet,
            )
            for type_, id_, thread_id, case, title, at, snippet in rows
        ]

    def close(self) -> None:
        """Let go of the words."""
        with self._lock:
            self._db.close()


class Indexes:
    """The indexes of this process, by person; the longest unused goes first when there are too many."""

    def __init__(self) -> None:
        self._by_person: OrderedDict[UUID, Index] = OrderedDict()
        self._lock = threading.Lock()

    def fresh(self, person_id: UUID, seq: int) -> Index | None:
        """Her index, if it is as new as change `seq`."""
        with self._lock:
            self._drop_idle()
            index = self._by_person.get(person_id)
            if index is None or index.seq != seq:
                return None
            self._by_person.move_to_end(person_id)
            return index

    def keep(self, person_id: UUID, index: Index) -> None:
        """Hold a new index in place of the old one."""
        with self._lock:
            self._by_person[person_id] = index
            self._by_person.move_to_end(person_id)
            docs = sum(each.size for each in self._by_person.values())
            while len(self._by_person) > 1 and (len(self._by_person) > MOST_INDEXES or docs > MOST_DOCS):
                _, oldest = self._by_person.popitem(last=False)
                docs -= oldest.size

    def drop(self, person_id: UUID) -> None:
        """Forget a person's words, at sign-out."""
        with self._lock:
            self._by_person.pop(person_id, None)

    def _drop_idle(self) -> None:
        before = time.monotonic() - IDLE_S
        for person_id in [each for each, index in self._by_person.items() if index.used_at < before]:
            del self._by_person[person_id]
