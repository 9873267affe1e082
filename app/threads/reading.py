"""How far each person has read."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Integer, bindparam, insert, select, update

from app import access
from app.access import ME, Me, reads
from app.core import changes
from app.core.prepared import Prepared

_NEW_SEQ: Any = bindparam("new_seq", type_=Integer)
# Who has read everything before her own words has read them too.
_READ_ON = Prepared(
    update(reads)
    .where(
        reads.c.thread_id == bindparam("in_thread"),
        reads.c.person_id == ME,
        reads.c.seq == _NEW_SEQ - 1,
    )
    .values(seq=_NEW_SEQ)
)
_READ_TO = (
    update(reads)
    .where(
        reads.c.thread_id == bindparam("in_thread"),
        reads.c.person_id == ME,
        reads.c.seq < _NEW_SEQ,
    )
    .values(seq=_NEW_SEQ)
)
_MARK = select(reads.c.seq).where(reads.c.thread_id == bindparam("in_thread"), reads.c.person_id == ME)


def mark_read(tx: Connection, me: Me, thread_id: UUID, seq: int) -> None:
    """Note how far someone has read; never backwards, never beyond the last message."""
    thread = access.readable_thread(tx, me, thread_id)
    seq = min(seq, thread.last_seq)
    mark = {"in_thread": thread_id, "me": me.id}
    if not tx.execute(_READ_TO, mark | {"new_seq": seq}).rowcount:
        if seq == 0 or tx.execute(_MARK, mark).one_or_none() is not None:
            return
        tx.execute(insert(reads), {"thread_id": thread_id, "person_id": me.id, "seq": seq})
    changes.put(tx, "read", thread_id, [me.id])


def read_on(tx: Connection, me: Me, thread_id: UUID, seq: int) -> None:
    """After posting: who had read everything before her own words has read them too."""
    if _READ_ON.run(tx, {"in_thread": thread_id, "me": me.id, "new_seq": seq}):
        changes.put(tx, "read", thread_id, [me.id])
