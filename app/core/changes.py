"""The record of who may see what changed: one row per reader, written with the change itself.

Numbers come from one counter row that stays locked until the commit, so on both databases the order of the
numbers is the order of the commits, and a reader that has seen number n has seen all before it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Index, bindparam, insert, update
from sqlmodel import Field, SQLModel

from app.core.prepared import Prepared

Kind = Literal[
    "circle",
    "case",
    "item",
    "entry",
    "thread",
    "message",
    "draft",
    "version",
    "comment",
    "takeaway",
    "voice",
    "read",
]
Op = Literal["put", "gone"]


class Counter(SQLModel, table=True):
    """A number that only grows; `changes` is the one that orders the world."""

    __tablename__ = "counters"

    name: str = Field(primary_key=True)
    value: int = Field(sa_type=BigInteger)


class Change(SQLModel, table=True):
    """One reader's share of one change. All readers of a change have the same `seq`."""

    __tablename__ = "changes"
    # The object first: what hundreds of readers are told at once then lies together.
    __table_args__ = (Index("ix_changes_object", "object_id", "kind", "reader_id", "seq"),)

    reader_id: UUID = Field(sa_column=Column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True))
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False, index=True))
    kind: str
    object_id: UUID
    op: str


class Told(NamedTuple):
    """One change as it was numbered, and to whom it was told."""

    seq: int
    kind: str
    object_id: UUID
    op: str
    readers: tuple[UUID, ...]


@dataclass
class _Pending:
    rows: dict[tuple[str, UUID, str], dict[UUID, None]] = field(default_factory=dict)


_NEXT = Prepared(
    update(Counter)
    .where(Counter.name == "changes")  # type: ignore[arg-type]
    .values(value=Counter.value + bindparam("how_many"))
    .returning(Counter.value)  # type: ignore[call-overload]
)
_START = insert(Counter).values(name="changes")
_INSERT = Prepared(insert(Change))


def begin(tx: Connection) -> None:
    """Start collecting for this transaction."""
    tx.info["changes"] = _Pending()


def put(tx: Connection, kind: Kind, object_id: UUID, readers: Iterable[UUID]) -> None:
    """These people should fetch this object: it is new to them or different."""
    _add(tx, kind, object_id, "put", readers)


def gone(tx: Connection, kind: Kind, object_id: UUID, readers: Iterable[UUID]) -> None:
    """These people have lost this object; clients drop all under it, so record the highest one lost."""
    _add(tx, kind, object_id, "gone", readers)


def _add(tx: Connection, kind: Kind, object_id: UUID, op: Op, readers: Iterable[UUID]) -> None:
    pending: _Pending = tx.info["changes"]
    key = (kind, object_id, op)
    # Said twice in one transaction, it counts where it was said last.
    earlier = pending.rows.pop(key, {})
    pending.rows[key] = earlier | dict.fromkeys(readers)


def forget_reader(tx: Connection, reader_id: UUID) -> None:
    """Nobody listens there any more: this person hears nothing of this transaction."""
    pending: _Pending = tx.info["changes"]
    for readers in pending.rows.values():
        readers.pop(reader_id, None)


def flush(tx: Connection) -> list[Told]:
    """Number what was collected and write it, last before the commit; what that was, in order."""
    pending: _Pending = tx.info.pop("changes")
    said = [(key, readers) for key, readers in pending.rows.items() if readers]
    if not said:
        return []
    numbered = _NEXT.row(tx, {"how_many": len(said)})
    if numbered is None:
        tx.execute(_START, {"value": len(said)})
    last = numbered.value if numbered else len(said)
    told = [
        Told(seq, kind, object_id, op, tuple(readers))
        for seq, ((kind, object_id, op), readers) in enumerate(said, last - len(said) + 1)
    ]
    rows = [
        {"reader_id": reader, "seq": each.seq, "kind": each.kind, "object_id": each.object_id, "op": each.op}
        for each in told
        for reader in each.readers
    ]
    _INSERT.run_many(tx, rows)
    return told
