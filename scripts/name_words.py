"""Write web/src/lib/key/ordinary.txt: everyday words that are names too, or one slip away from one.

The phone takes a known name's neighbours for misspellings of it ("Jonha"), but not where they are words
("grade" beside Grace). Run it when the screen's lexicon has changed much; the file is small and kept.
"""

from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase

from app.deid.lexicon import lexicon

OUT = Path(__file__).resolve().parents[1] / "web/src/lib/key/ordinary.txt"
LEAST_FOR_SLIPS = 5


def slips(name: str) -> Iterator[str]:
    """All spellings with a letter too many, missing, wrong, or two swapped."""
    for at in range(len(name) + 1):
        head, tail = name[:at], name[at:]
        yield from (head + letter + tail for letter in ascii_lowercase)
        yield head + tail[1:]
        yield from (head + letter + tail[1:] for letter in ascii_lowercase if tail)
        yield head + tail[1:2] + tail[:1] + tail[2:]


def ordinary() -> set[str]:
    """Common words of the screen's own list that lie that close to a name of its own list."""
    lists = lexicon()
    words = {w for w in lists.words if len(w) > 2 and w.isascii() and w.isalpha() and lists.common(w)}
    names = {n for n, marks in lists.names.items() if set(marks) & {"1", "2"} and n.isascii() and n.isalpha()}
    near = {slip for name in names if len(name) >= LEAST_FOR_SLIPS for slip in slips(name)}
    return words & (near | names)


if __name__ == "__main__":
    OUT.write_text("\n".join(sorted(ordinary())) + "\n")
