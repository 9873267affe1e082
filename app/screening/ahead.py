"""Long texts are read before a transaction begins, in a thread: a draft takes the screen up to a second, and
inside a transaction every other writer (on PostgreSQL, every other request) would wait for it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from typing import Any

from pydantic import BaseModel

from app import deid
from app.screening import clean

LONG = 1000
KEPT = 64

# What was found in texts that were read lately, by their fingerprint: offsets and labels, no words.
_found: OrderedDict[bytes, list[deid.Mark]] = OrderedDict()
_lock = Lock()


async def read_ahead(data: BaseModel) -> None:
    """Read the long texts of a shape that came in, so that the gate finds it done."""
    texts = [text for text in _texts_in(data.model_dump()) if len(text) >= LONG and not clean.is_known(text)]
    if texts:
        await asyncio.to_thread(lambda: [marks_of(text) for text in texts])


def marks_of(text: str) -> list[deid.Mark]:
    """What the screen finds in a text; a long one is read once, however often it is asked for."""
    if len(text) < LONG:
        return deid.read(text)
    name = clean.fingerprint(text)
    with _lock:
        if name in _found:
            _found.move_to_end(name)
            return _found[name]
    marks = deid.read(text)
    with _lock:
        _found[name] = marks
        while len(_found) > KEPT:
            _found.popitem(last=False)
    return marks


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            if name != "kept":
                yield from _texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts_in(each)
