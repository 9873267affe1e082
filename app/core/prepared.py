"""Statements of the busiest paths, made ready once.

SQLAlchemy spends several times longer on an execution than SQLite does on a row. So what every request needs
is compiled once and then goes to SQLite's driver as text and values, which SQLAlchemy's own types bind and
read. PostgreSQL, where the way there costs most, is given the statement itself.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]
Convert = Callable[[Any], Any]


class CannotPrepare(TypeError):
    """The text of this statement depends on its values, or SQLAlchemy would fill some in by itself."""


class Prepared:
    """A Core statement without lists for `IN`. On a reader it may run outside a transaction."""

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self._ready: dict[tuple[str, ...], _Ready] = {}

    def run(self, tx: Connection, values: Values) -> int:
        """How many rows it met."""
        if ready := self._for_sqlite(tx, values):
            return _execute(tx, ready.text, ready.bound(values)).rowcount
        return tx.execute(self.statement, values).rowcount

    def run_many(self, tx: Connection, rows: Sequence[Values]) -> None:
        """Once for each of these, which all have the same names."""
        if ready := self._for_sqlite(tx, rows[0]):
            _execute_many(tx, ready.text, map(ready.bound, rows))
        else:
            tx.execute(self.statement, rows)

    def row(self, tx: Connection, values: Values) -> Any:
        """The first row, its columns by name as SQLAlchemy has them; None if there is none."""
        if ready := self._for_sqlite(tx, values):
            found = _execute(tx, ready.text, ready.bound(values)).fetchall()
            return ready.read(found[0]) if found else None
        return tx.execute(self.statement, values).first()

    def rows(self, tx: Connection, values: Values) -> list[Any]:
        """All rows, as `row` gives one."""
        if ready := self._for_sqlite(tx, values):
            return [ready.read(each) for each in _execute(tx, ready.text, ready.bound(values))]
        return list(tx.execute(self.statement, values))

    def column(self, tx: Connection, values: Values) -> list[Any]:
        """The first column of all rows."""
        if ready := self._for_sqlite(tx, values):
            found = [each[0] for each in _execute(tx, ready.text, ready.bound(values))]
            read = ready.reads[0]
            return [read(each) for each in found] if read else found
        return list(tx.execute(self.statement, values).scalars())

    def _for_sqlite(self, tx: Connection, values: Values) -> "_Ready | None":
        if tx.dialect.name != "sqlite":
            return None
        names = tuple(values)
        ready = self._ready.get(names)
        if ready is None:
            ready = self._ready[names] = _make_ready(self.statement, tx.dialect, names)
        return ready


@dataclass(frozen=True)
class _Ready:
    """The text; for each of its places a name and how to bind it, or a constant; how to read each column."""

    text: str
    places: list[tuple[str | None, Any]]
    row: Callable[[Iterable[Any]], Any]
    reads: list[Convert | None]

    def bound(self, values: Values) -> list[Any]:
        return [
            of if name is None else of(values[name]) if of is not None else values[name]
            for name, of in self.places
        ]

    def read(self, row: Sequence[Any]) -> Any:
        return self.row([read(value) if read else value for read, value in zip(self.reads, row, strict=True)])


def _make_ready(statement: Any, dialect: Dialect, names: tuple[str, ...]) -> _Ready:
    assert isinstance(dialect, DefaultDialect)
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    assert isinstance(compiled, SQLCompiler)
    if compiled.post_compile_params or compiled.insert_prefetch or compiled.update_prefetch:
        raise CannotPrepare(str(compiled))
    places: list[tuple[str | None, Any]] = []
    for place in compiled.positiontup or ():
        bind = compiled.binds[place]
        convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
        if place in names:
            places.append((place, convert))
        else:
            constant = bind.effective_value
            places.append((None, convert(constant) if convert else constant))
    columns = list(getattr(statement, "exported_columns", ()))
    row: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]
    return _Ready(
        str(compiled),
        places,
        row._make,
        [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns],
    )


def _driver(tx: Connection) -> sqlite3.Connection:
    driver = tx.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _execute(tx: Connection, text: str, values: Sequence[Any]) -> sqlite3.Cursor:
    try:
        return _driver(tx).execute(text, values)
    except sqlite3.Error as error:
        raise _as_sqlalchemys(error) from error


def _execute_many(tx: Connection, text: str, rows: Iterable[Sequence[Any]]) -> None:
    try:
        _driver(tx).executemany(text, rows)
    except sqlite3.Error as error:
        raise _as_sqlalchemys(error) from error


def _as_sqlalchemys(error: sqlite3.Error) -> BaseException:
    """The class that SQLAlchemy would raise, with neither the statement nor a value in it."""
    return DBAPIError.instance(None, None, error, sqlite3.Error, hide_parameters=True)
