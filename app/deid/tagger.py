"""A small statistical tagger: how likely each word is part of a person's name, an organisation or a place.

A linear chain over the traits of each word, trained in this repository by scripts/deid_train.py. The file
holds one line a trait with its weights; nothing is learnt while screening.
"""

from collections.abc import Iterator
from functools import cache
from math import exp

from app.deid.lexicon import lines
from app.deid.reading import Reading
from app.deid.traits import Profile, Trait, far_traits, met_traits, near_traits, own_traits, profile

LABELS = ("O", "P", "G", "L")  # nothing, person, organisation (group), place (locality)
Weights = tuple[float, float, float, float]
Tells = tuple[Weights, Weights, Weights, Weights, Weights]
_SCALE = 100
# So far ahead is "nothing" by the words alone that their meeting hardly ever changes it.
_CLEAR = 6.5


class Tagger:
    """The learnt weights. What a word contributes by itself is added up once and remembered."""

    def __init__(self) -> None:
        self.weights: dict[str, Weights] = {}
        self.moves: list[Weights] = []
        numbers: dict[str, float] = {}
        for line in lines("tagger.txt.gz"):
            trait, *row = line.rsplit("\t", 4)
            o, p, g, place = (numbers.setdefault(n, int(n) / _SCALE) for n in row)  # each number is kept once
            scores = (o, p, g, place)
            if trait.startswith("\x01"):
                self.moves.append(tuple(map(exp, scores)))  # type: ignore[arg-type]
            else:
                self.weights[trait] = scores
        self._known: dict[tuple[Trait, str, str, str], Tells] = {}

    def likelihoods(self, reading: Reading) -> list[Weights]:
        """For each word the likelihood of each label, given all other words of the text."""
        p = profile(reading)
        tells = [self._tells(*of) for of in zip(p.traits, p.cases, p.owned, p.towns, strict=True)]
        states = [self._state(p, i, tells) for i in range(2, len(p.traits) - 2)]
        return _marginals(states, self.moves)

    def _state(self, p: Profile, i: int, tells: list[Tells]) -> Weights:
        a0, b0, c0, d0 = tells[i][0]
        a1, b1, c1, d1 = tells[i - 1][1]
        a2, b2, c2, d2 = tells[i + 1][2]
        a3, b3, c3, d3 = tells[i - 2][3]
        a4, b4, c4, d4 = tells[i + 2][4]
        o = a0 + a1 + a2 + a3 + a4
        q = b0 + b1 + b2 + b3 + b4
        g = c0 + c1 + c2 + c3 + c4
        m = d0 + d1 + d2 + d3 + d4
        if o - max(q, g, m) > _CLEAR:
            return 1.0, exp(q - o), exp(g - o), exp(m - o)
        weights = self.weights
        for trait in met_traits(p, i):
            if trait in weights:
                a, b, c, d = weights[trait]
                o += a
                q += b
                g += c
                m += d
        top = max(o, q, g, m)
        return exp(o - top), exp(q - top), exp(g - top), exp(m - top)

    def _tells(self, trait: Trait, case: str, owned: str, town: str) -> Tells:
        """What a word tells by itself of its own place and of the four beside it."""
        key = (trait, case, owned, town)
        known = self._known.get(key)
        if known is None:
            if len(self._known) > 5_000:
                self._known.clear()
            known = self._known[key] = (
                self._sum("0", own_traits(trait, case, owned, town)),
                self._sum("-", near_traits(trait, case, owned)),
                self._sum("+", near_traits(trait, case, owned)),
                self._sum("<", far_traits(trait, case)),
                self._sum(">", far_traits(trait, case)),
            )
        return known

    def _sum(self, place: str, traits: Iterator[str]) -> Weights:
        o = p = g = m = 0.0
        for trait in traits:
            if weights := self.weights.get(place + trait):
                o, p, g, m = o + weights[0], p + weights[1], g + weights[2], m + weights[3]
        return o, p, g, m


def all_traits(reading: Reading) -> list[list[str]]:
    """Every trait of every word as the tagger looks them up: what training learns from."""
    p = profile(reading)
    found = []
    for i in range(2, len(p.traits) - 2):
        own = ["0" + t for t in own_traits(p.traits[i], p.cases[i], p.owned[i], p.towns[i])]
        own += ["-" + t for t in near_traits(p.traits[i - 1], p.cases[i - 1], p.owned[i - 1])]
        own += ["+" + t for t in near_traits(p.traits[i + 1], p.cases[i + 1], p.owned[i + 1])]
        own += ["<" + t for t in far_traits(p.traits[i - 2], p.cases[i - 2])]
        own += [">" + t for t in far_traits(p.traits[i + 2], p.cases[i + 2])]
        found.append(own + list(met_traits(p, i)))
    return found


def _marginals(states: list[Weights], moves: list[Weights]) -> list[Weights]:
    """Forward and backward over the chain, each step scaled to one so that no text is too long."""
    if not states:
        return []
    (oo, op, og, ol), (po, pp, pg, pl), (go, gp, gg, gl), (lo, lp, lg, ll) = moves
    forward: list[Weights] = []
    a, b, c, d = states[0]
    total = a + b + c + d
    a, b, c, d = a / total, b / total, c / total, d / total
    forward.append((a, b, c, d))
    for so, sp, sg, sl in states[1:]:
        e = (a * oo + b * po + c * go + d * lo) * so
        f = (a * op + b * pp + c * gp + d * lp) * sp
        g = (a * og + b * pg + c * gg + d * lg) * sg
        h = (a * ol + b * pl + c * gl + d * ll) * sl
        total = e + f + g + h
        a, b, c, d = e / total, f / total, g / total, h / total
        forward.append((a, b, c, d))
    result: list[Weights] = [forward[-1]]
    a = b = c = d = 1.0
    for at in range(len(states) - 2, -1, -1):
        so, sp, sg, sl = states[at + 1]
        e, f, g, h = so * a, sp * b, sg * c, sl * d
        a = oo * e + op * f + og * g + ol * h
        b = po * e + pp * f + pg * g + pl * h
        c = go * e + gp * f + gg * g + gl * h
        d = lo * e + lp * f + lg * g + ll * h
        total = a + b + c + d
        a, b, c, d = a / total, b / total, c / total, d / total
        w, x, y, z = forward[at]
        w, x, y, z = w * a, x * b, y * c, z * d
        total = w + x + y + z
        result.append((w / total, x / total, y / total, z / total))
    result.reverse()
    return result


@cache
def tagger() -> Tagger:
    """The one tagger of this process."""
    return Tagger()
