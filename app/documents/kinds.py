"""Which kind of draft a text most likely is; a guess that its writer can change."""

import re
from collections.abc import Iterable

from app.drafts.shapes import DraftKind

# A heading says what a text is; a turn of phrase only hints at it.
HEADING = 4
ENOUGH = 2


def _cues(*patterns: tuple[int, str]) -> list[tuple[int, re.Pattern[str]]]:
    return [(weight, re.compile(pattern, re.IGNORECASE | re.MULTILINE)) for weight, pattern in patterns]


# In the order in which a tie is decided.
_CUES: dict[DraftKind, list[tuple[int, re.Pattern[str]]]] = {
    "email": _cues(
        (4, r"^(subject|re|betreff)\s*:"),
        (3, r"^(dear|hi|hello|good (morning|afternoon|evening))\b[^.\n]{0,40}[,!:]?\s*$"),
        (2, r"^(dear|hi|hello)\b[^.\n]{0,30},"),
        (
            3,
            r"^((kind|warm|best|with) )?(regards|wishes|sincerely|thank you|thanks|best)\s*[,!.]?\s*$",
        ),
        (1, r"\b(please let me know|reach out|i am writing|i'm writing|attached|looking forward)\b"),
    ),
    "meeting_notes": _cues(
        (4, r"^(attendees|present|participants|in attendance|agenda|minutes|action items|next steps)\s*:"),
        (4, r"\b(prior written notice|meeting (notes|minutes|summary))\b"),
        (3, r"\b(the )?team (discussed|agreed|decided|reviewed|considered|determined)\b"),
        (3, r"^(proposed|refused|decision|options considered)\b\s*[:(]?"),
        (2, r"\b(options? considered|set aside|parents? (was|were) okay|was discussed|agreed (to|that))\b"),
    ),
    "behavior": _cues(
        (5, r"\b(behaviou?r intervention plan|functional behaviou?r(al)? assessment|BIP|FBA)\b"),
        (
            3,
            r"\b(antecedents?|(replacement|target) behaviou?rs?|function of (the|this) behaviou?r)\b",
        ),
        (
            2,
            r"\b(de-?escalat\w+|setting events?|crisis plan|reinforce(rs?|ment)|consequences?)\b",
        ),
    ),
    "goal": _cues(
        (4, r"^((measurable )?annual )?goals?( \d+| area)?\s*(:|$)"),
        (4, r"^(given|when given|during|when|by)\b[^.\n]{0,160}\bthe student will\b"),
        (
            3,
            r"\b(student|he|she|they) will (improve|understand|become|not|be able|appreciate|learn)\b",
        ),
        (2, r"\bwill\b[^.\n]{0,200}\b(\d+ ?%|out of \d+|\d+ of \d+|consecutive|accuracy|trials|probes)\b"),
        (2, r"\b(short-term objectives?|benchmarks?|by the end of the (iep|year|annual))\b"),
        (1, r"\b(up )?from (a )?(baseline|current level) of\b"),
    ),
    "accommodation": _cues(
        (
            3,
            r"\b(accommodations?|modifications?|preferential seating|ext(ra|ended) time|time and a half)\b",
        ),
        (
            2,
            r"\b(text-to-speech|speech-to-text|frequent breaks|large print|reduced assignments)\b",
        ),
        (2, r"\b(separate (room|setting)|scribe|graphic organi[sz]er|noise-cancel\w+|small.group testing)\b"),
        (1, r"\b(as needed|when appropriate|on (all )?(quizzes|tests))\b"),
    ),
    "service": _cues(
        (4, r"\b(service (delivery|minutes|time|grid|page)|related services?|special education services)\b"),
        (3, r"\b\d+ (minutes|hours|min|sessions|times|x)( per| a|/) ?(week|month|day|quarter|session)\b"),
        (
            2,
            r"\b(push[- ]in|pull[- ]out|speech[- ]language|(occupational|physical) therapy|provider)\b",
        ),
    ),
    "present_levels": _cues(
        (5, r"\b(present levels?|plaafp|pla?op|academic achievement and functional performance)\b"),
        (
            2,
            r"\b(strengths?|struggles with|below grade level|areas? of (need|concern)|works well|enjoys)\b",
        ),
        (2, r"\b(currently|at this time|the class (average|benchmark)|compared with|classmates)\b"),
        (2, r"\b(the student|student|he|she|they) (can|reads?|read|solves|turned in|writes|is|has|needs)\b"),
        (1, r"\b(needs improvement|lacks|has difficulty|defiant|parents? (are|is|report)|mom is)\b"),
    ),
}


def guess(text: str, headings: Iterable[str] = ()) -> DraftKind:
    """The kind that headings and wording speak for most; `other` when they say little."""
    above = "\n".join(headings)
    scores = {kind: _score(text, cues) + HEADING * _score(above, cues) for kind, cues in _CUES.items()}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] >= ENOUGH else "other"


def _score(text: str, cues: list[tuple[int, re.Pattern[str]]]) -> int:
    """Each cue counts once, and once more where it comes back."""
    return sum(weight * min(2, len(pattern.findall(text))) for weight, pattern in cues)
