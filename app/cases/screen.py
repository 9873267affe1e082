"""The gate as cases use it: what is already stored is not asked about again, nor what was kept before."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection

from app import access
from app.access import Me
from app.cases.views import alias_of
from app.core.text import normalise
from app.screening import gate


def screened(
    texts: Mapping[str, str],
    kept: Mapping[str, Iterable[str]],
    *,
    alias: str | None,
    stored: Collection[str] = (),
    earlier: Iterable[str] = (),
    passing: Mapping[str, Iterable[str]] | None = None,
) -> list[str]:
    """Screen texts by path and return the quotes to remember for the next change.

    `alias` is the case's own and no finding in it; `stored` are whole texts that stand there already,
    `earlier` the quotes kept before, `passing` those that pass by path. Raises IdentifiersFound.
    """
    fresh = {path: text for path, text in texts.items() if text not in stored}
    earlier = list(earlier)
    carried = {path: [*earlier, *(passing or {}).get(path, ())] for path in fresh}
    gate.check_texts(fresh, kept, people=[alias] if alias else [], carried=carried)
    said = [normalise(quote) for quotes in kept.values() for quote in quotes]
    return list(dict.fromkeys([*earlier, *said]))


def alias_for(tx: Connection, me: Me, case_id: UUID | None) -> str | None:
    """The alias of the case something belongs to, if it belongs to one."""
    return alias_of(access.own_case(tx, me, case_id)) if case_id else None


def still_there(quotes: Iterable[str], texts: Collection[str]) -> list[str]:
    """Those quotes that some text holds, so that what is remembered never outgrows what is written."""
    return [quote for quote in quotes if any(quote in text for text in texts)]


def texts_in(data: BaseModel, prefix: str = "") -> dict[str, str]:
    """Every free text of a shape by its dotted path."""
    return dict(gate.free_texts(data, prefix))


def strings_in(stored: Any) -> set[str]:
    """Every text in stored details, at any depth."""
    if isinstance(stored, str):
        return {stored}
    if isinstance(stored, dict):
        stored = list(stored.values())
    if isinstance(stored, list):
        return set().union(*map(strings_in, stored))
    return set()
