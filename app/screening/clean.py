"""Remembers, by keyed fingerprint only, texts in which nothing was found, so that none is screened twice.

A phone asks about a text while it is written and then sends it; the gate need not read it all again. The key
is made anew with each process and the fingerprints live in its memory, so they say nothing to anyone else.
"""

import os
from collections import OrderedDict
from hashlib import blake2b

MOST = 8192
_KEY = os.urandom(32)
_seen: OrderedDict[bytes, None] = OrderedDict()


def remember(text: str) -> None:
    """Nothing was found in this text, whoever's it is."""
    _seen[fingerprint(text)] = None
    if len(_seen) > MOST:
        _seen.popitem(last=False)


def is_known(text: str) -> bool:
    """Whether exactly this text was found to be clean before."""
    return fingerprint(text) in _seen


def fingerprint(text: str) -> bytes:
    """What stands for a text here: of no use to anyone without the key."""
    return blake2b(text.encode(), digest_size=16, key=_KEY).digest()
