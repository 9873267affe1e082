"""What happens to cases, each in the caller's transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from app import access
from app.access import CaseRow, Me, cases, threads
from app.cases import entries, erasing, items, linked
from app.cases.aliases import passing_words
from app.cases.answers import Made, as_said, moment_and_id
from app.cases.screen import screened, still_there, texts_in
from app.cases.shapes import CaseCreate, CasePatch, CaseRead
from app.cases.views import case_view
from app.core import audit, changes
from app.core.clock import now
from app.core.errors import IdTaken
from app.core.http import cursor, place_of
from app.core.seal import Key, keyring

OPEN_FIELDS = ("grade_band", "plan_type", "support")
# What a thread of the case shows of it, besides its items.
SEEN_BY_MENTORS = ("grade_band", "plan_type")


def make_case(tx: Connection, me: Me, data: CaseCreate) -> Made:
    """Add a case under a key of its own.

    A repeat answers with what is stored, changed or not. Raises IdTaken when the id holds another case of
    hers, NotFound when it is not hers, Gone when it was deleted, IdentifiersFound.
    """
    if earlier := _repeated(tx, me, data):
        return Made(case_view(earlier), is_new=False)
    kept = _screen(data, data.alias)
    key = keyring(tx).make_key(tx)
    moment = now()
    tx.execute(
        insert(cases),
        {
            "id": data.id,
            "owner_id": me.id,
            "key_id": key.id,
            **_sealed(key, data.id, {"alias": data.alias, "notes": data.notes}, kept),
            **{name: getattr(data, name) for name in OPEN_FIELDS},
            "made_as": key.fingerprint(_said(data)),
            "created_at": moment,
            "updated_at": moment,
        },
    )
    changes.put(tx, "case", data.id, [me.id])
    audit.note(tx, "case.make", person_id=me.id, object_id=data.id)
    return Made(case_view(access.own_case(tx, me, data.id)), is_new=True)


def _repeated(tx: Connection, me: Me, data: CaseCreate) -> CaseRow | None:
    if tx.execute(select(cases.c.id).where(cases.c.id == data.id)).one_or_none() is None:
        return None
    stored = access.own_case(tx, me, data.id)
    if stored.made_as != stored.key.fingerprint(_said(data)):
        raise IdTaken()
    return stored


def _said(data: CaseCreate) -> str:
    return as_said({name: getattr(data, name) for name in ("alias", "notes", *OPEN_FIELDS)})


def _screen(
    data: CaseCreate | CasePatch, alias: str, *, stored: Sequence[str] = (), earlier: Sequence[str] = ()
) -> list[str]:
    """Screen what came in. The alias is no finding elsewhere, and none in itself if no one is called so."""
    texts = texts_in(data)
    typed = {path: text for path, text in texts.items() if path != "alias"}
    quotes = screened(typed, data.kept, alias=alias, stored=stored, earlier=earlier)
    if "alias" in texts:
        own = {"alias": texts["alias"]}
        quotes += screened(
            own,
            {path: said for path, said in data.kept.items() if path == "alias"},
            alias=None,
            stored=stored,
            earlier=earlier,
            passing={"alias": passing_words(alias)},
        )
    return list(dict.fromkeys(quotes))


def _sealed(key: Key, case_id: UUID, texts: dict[str, str | None], kept: list[str]) -> dict[str, Any]:
    sealed: dict[str, Any] = {
        name: None if text is None else key.seal("cases", name, case_id, text) for name, text in texts.items()
    }
    kept = still_there(kept, [text for text in texts.values() if text])
    sealed["kept"] = key.seal_json("cases", "kept", case_id, kept) if kept else None
    return sealed


def change_case(tx: Connection, me: Me, case_id: UUID, data: CasePatch) -> CaseRead:
    """Change what was sent, and leave the rest. Raises NotFound, Gone, IdentifiersFound."""
    case = access.own_case(tx, me, case_id)
    before = case_view(case)
    given = data.model_fields_set - {"kept"}
    texts = {
        name: getattr(data, name) if name in given else getattr(before, name) for name in ("alias", "notes")
    }
    kept = _screen(
        data,
        texts["alias"],
        stored=[text for text in (before.alias, before.notes) if text],
        earlier=_kept_of(case),
    )
    values = {name: getattr(data, name) for name in OPEN_FIELDS if name in given}
    if all(getattr(before, name) == value for name, value in {**values, **texts}.items()):
        return before
    tx.execute(
        update(cases)
        .where(cases.c.id == case_id)
        .values(**_sealed(case.key, case_id, texts, kept), **values, updated_at=now())
    )
    changes.put(tx, "case", case_id, [me.id])
    if any(getattr(before, name) != values.get(name, getattr(before, name)) for name in SEEN_BY_MENTORS):
        linked.tell_readers(tx, threads.c.case_id == case_id)
    return case_view(access.own_case(tx, me, case_id))


def _kept_of(case: CaseRow) -> list[str]:
    if case.kept is None:
        return []
    kept: list[str] = case.key.open_json("cases", "kept", case.id, case.kept)
    return kept


def delete_case(tx: Connection, me: Me, case_id: UUID) -> None:
    """Delete a case and all that belongs to it, for good. Raises NotFound, and Gone the second time."""
    erasing.erase_case(tx, me, access.own_case(tx, me, case_id))


def list_cases(tx: Connection, me: Me, limit: int, after: str | None) -> tuple[list[CaseRead], str | None]:
    """A page of the caller's cases, oldest first, and the cursor of the next."""
    where: list[ColumnElement[bool]] = []
    if after:
        made_at, last_id = moment_and_id(*place_of(after, 2))
        where.append(
            or_(cases.c.created_at > made_at, and_(cases.c.created_at == made_at, cases.c.id > last_id))
        )
    found = list(access.own_cases(tx, me, None, *where, limit=limit + 1).values())
    page = found[:limit]
    following = cursor(page[-1].created_at, page[-1].id) if len(found) > limit else None
    return [case_view(each) for each in page], following


def shown(tx: Connection, me: Me, kind: str, ids: Sequence[UUID]) -> dict[UUID, BaseModel]:
    """Cases, items or entries as their GET shows them to `me`; what is not hers is left out."""
    if kind == "case":
        return {each.id: case_view(each) for each in access.own_cases(tx, me, ids).values()}
    if kind == "item":
        return items.shown(tx, me, ids)
    return entries.shown(tx, me, ids)
