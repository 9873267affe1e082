"""What thumbs, autocorrect and transcripts do to a text; identifiers stay in place, only spelt otherwise."""

import random
import re
from itertools import pairwise

from bench.deid_held.people import plain
from bench.deid_marked import Piece

# Of texts of each style: all in lower case, all in capitals, capitals after full stops, names in capitals.
CASINGS = {
    "phone": (0.3, 0.02, 0.15, 0.1),
    "voice": (0.0, 0.0, 0.05, 0.25),
    "email": (0.08, 0.01, 0.0, 0.0),
    "clean": (0.12, 0.02, 0.0, 0.0),
    "iep": (0.0, 0.02, 0.0, 0.0),
    "intl": (0.05, 0.0, 0.0, 0.0),
}
UNMARKED = {"phone": 0.8, "voice": 0.6, "email": 0.4, "iep": 0.2, "intl": 0.15, "clean": 0.0}
CURLY = {"phone": 0.4, "email": 0.4, "iep": 0.5, "intl": 0.3, "voice": 0.1, "clean": 0.3}
NO_APOSTROPHE = {"phone": 0.4, "email": 0.04}
TYPOS = {"phone": 0.012, "email": 0.003, "clean": 0.004, "intl": 0.003}
NAME_TYPOS = {"phone": 0.04, "email": 0.015, "voice": 0.02}
COMMON = {
    "the": "teh",
    "because": "becuase",
    "receive": "recieve",
    "with": "wiht",
    "and": "adn",
    "their": "thier",
    "definitely": "definately",
    "that": "taht",
    "don't": "dont",
    "doesn't": "doesnt",
    "can't": "cant",
    "about": "abt",
    "you": "u",
    "your": "ur",
    "please": "pls",
    "though": "tho",
    "people": "ppl",
    "before": "b4",
    "accommodation": "accomodation",
    "paragraph": "paragragh",
}


def roughened(pieces: list[Piece], style: str, rng: random.Random) -> list[Piece]:
    """The pieces as a hurried person of this style would have typed or said them."""
    out = [
        _name(piece, style, rng) if piece.label == "PERSON" else _words(piece, style, rng) for piece in pieces
    ]
    if rng.random() < NO_APOSTROPHE.get(style, 0):
        out = _without_possessive_apostrophes(out)
    if rng.random() < UNMARKED[style]:
        out = [p._replace(text=plain(p.text)) if p.label else p for p in out]
    if rng.random() < CURLY[style]:
        out = [p._replace(text=p.text.replace("'", "’")) for p in out]
    return _cased(out, style, rng)


def misspelt(text: str, rng: random.Random) -> str:
    """One slip: a letter left out, doubled, or swapped with the next; never the first one."""
    at = rng.randrange(1, len(text) - 1)
    if not text[at : at + 2].isalpha():
        return text
    slip = rng.randrange(3)
    if slip == 0:
        return text[:at] + text[at + 1 :]
    if slip == 1:
        return text[:at] + text[at] + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _name(piece: Piece, style: str, rng: random.Random) -> Piece:
    if len(piece.text) < 5 or piece.form or rng.random() >= NAME_TYPOS.get(style, 0):
        return piece
    slipped = misspelt(piece.text, rng)
    return piece._replace(text=slipped, form="misspelt", ordinary=False) if slipped != piece.text else piece


def _words(piece: Piece, style: str, rng: random.Random) -> Piece:
    if piece.label:
        return piece

    def slip(word: re.Match[str]) -> str:
        text = word[0]
        if rng.random() >= TYPOS.get(style, 0) * (6 if text in COMMON else 1):
            return text
        return COMMON.get(text) or (misspelt(text, rng) if len(text) > 5 and text.islower() else text)

    return piece._replace(text=re.sub(r"[A-Za-z']{3,}", slip, piece.text))


def _without_possessive_apostrophes(pieces: list[Piece]) -> list[Piece]:
    """ "nolan's mom" as "nolans mom"."""
    out = pieces[:1]
    for before, piece in pairwise(pieces):
        typed = before.label == "PERSON" and piece.text.startswith("'s")
        out.append(piece._replace(text=piece.text[1:]) if typed else piece)
    return out


def _cased(pieces: list[Piece], style: str, rng: random.Random) -> list[Piece]:
    lower, upper, starts, names = CASINGS[style]
    draw = rng.random()
    if draw < lower:
        return [p._replace(text=p.text.lower()) for p in pieces]
    if draw < lower + upper:
        return [p._replace(text=p.text.upper()) for p in pieces]
    if draw < lower + upper + starts:
        return _after_stops(pieces)
    if draw < lower + upper + starts + names:
        return [
            p._replace(text=_capitals(p.text)) if p.label in ("PERSON", "PLACE", "ORG") else p for p in pieces
        ]
    return pieces


def _after_stops(pieces: list[Piece]) -> list[Piece]:
    """What autocorrect does: a capital at the start and after a full stop and a space."""
    out, before = [], ". "
    for piece in pieces:
        text = ""
        for c in piece.text:
            text += c.upper() if before in (". ", "? ", "! ") else c
            before = (before + c)[-2:]
        out.append(piece._replace(text=text))
    return out


def _capitals(text: str) -> str:
    return re.sub(r"(?<![\w'’])[^\W\d_]", lambda first: first[0].upper(), text)
