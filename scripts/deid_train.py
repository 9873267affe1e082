"""Train the tagger of app/deid and write app/deid/data/tagger.txt.gz.

Run by hand when texts, lists or traits change; the result is kept in the repository, and the same input
gives the same bytes. python-crfsuite (MIT) does the arithmetic; it is needed here only.

    pip install python-crfsuite
    python scripts/deid_train.py
"""

import gzip
import json
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from app.deid.reading import Reading
from app.deid.screen import shapes_of
from app.deid.tagger import LABELS, all_traits
from scripts.deid_variants import Text, Variants, joined, short_texts
from tests.deid.marked import TEXTS, clean_lines, documents

OUT = Path(__file__).parent.parent / "app" / "deid" / "data" / "tagger.txt.gz"
SEED, ROUNDS, SCALE = 20_261, 3, 100
C1, C2 = 0.05, 3.0  # how strongly weights are held to zero
SHOWN_BY, LEAST = 3, 4
Sample = tuple[list[list[str]], list[str], list[str]]
_LABEL = {"PERSON": "P", "ORG": "G", "PLACE": "L", "ADDRESS": "L"}


def texts(left_out=lambda text_id: False) -> list[Text]:
    """Everything to learn from; `left_out` keeps a fold apart for measuring."""
    marked = [
        Text(d.id, d.style, d.text, tuple((s[0], s[1], s[2]) for s in d.spans))
        for path in sorted(TEXTS.glob("*.txt"))
        if path.name != "clean.txt"
        for d in documents(path.name)
        if not left_out(d.id)
    ]
    clean = [Text(f"c{n}", "clean", line, ()) for n, line in enumerate(clean_lines())]
    return marked + list(short_texts()) + clean


def variants(base: list[Text], rounds: int = ROUNDS) -> list[Text]:
    """The texts themselves and `rounds` variants of each, short ones often joined to longer ones."""
    rng, make = random.Random(SEED), Variants(SEED)
    by_style: dict[str, list[Text]] = {}
    for text in base:
        by_style.setdefault(text.style, []).append(text)
    plain: dict[str, list[Text]] = {}
    for text in base:
        for word in set() if text.spans else set(text.text.lower().split()):
            plain.setdefault(word, []).append(text)
    result = list(base)
    for _ in range(rounds):
        for text in base:
            several = [text]
            while len(" ".join(t.text for t in several)) < 400 and rng.random() < 0.6:
                several.append(rng.choice(by_style[rng.choice((text.style, text.style, "clean"))]))
            rng.shuffle(several)
            glue = (
                rng.choice((". ", "\n", " ")) if text.style in ("phone", "voice") else rng.choice(("\n", " "))
            )
            made = [make.of(t) for t in several]
            names = {t.text[a:b].lower() for t in made for a, b, label in t.spans if label == "PERSON"}
            # The same word as a name and as a word in one text.
            made += [rng.choice(plain[n]) for n in sorted(names & plain.keys())[:2] if rng.random() < 0.4]
            result.append(joined(made, glue))
    return result


def shared(pairs: list[Sample]) -> list[tuple[list[list[str]], list[str]]]:
    """The samples with only those traits that several texts show: others would be learnt by heart."""
    first: dict[str, set[str] | None] = {}
    for traits, _, ids in pairs:
        for word, text_id in zip(traits, ids, strict=True):
            for trait in word:
                seen = first.setdefault(trait, set())
                if seen is not None:
                    seen.add(text_id)
                    if len(seen) >= SHOWN_BY:
                        first[trait] = None
    return [
        ([[t for t in word if first[t] is None] for word in traits], labels) for traits, labels, _ in pairs
    ]


def learn(
    pairs: list[tuple[list[list[str]], list[str]]], steps: int
) -> tuple[dict[str, dict[str, float]], dict[tuple[str, str], float]]:
    """Weights of traits by label, and of one label following another."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    for traits, labels in pairs:
        trainer.append(traits, labels)
    trainer.set_params({"c1": C1, "c2": C2, "max_iterations": steps})
    with tempfile.NamedTemporaryFile() as file:
        trainer.train(file.name)
        tagger = pycrfsuite.Tagger()
        tagger.open(file.name)
        info = tagger.info()
    weights: dict[str, dict[str, float]] = {}
    for (trait, label), weight in info.state_features.items():
        weights.setdefault(trait, {})[label] = weight
    return weights, dict(info.transitions)


def labelled(text: Text) -> Sample:
    """The traits of a text's words, what each word is, and from which text it comes."""
    reading = Reading(text.text, shapes_of(text.text))
    titles = (
        reading.lexicon.context["title"]
        | reading.lexicon.context["honorific"]
        | reading.lexicon.context["kin"]
    )
    labels = ["O"] * len(reading.words)
    for start, end, label in text.spans:
        inside = [i for i, w in enumerate(reading.words) if w.start < end and start < w.end]
        for i in inside:
            lead = label == "PERSON" and reading.words[i].low in titles and i != inside[-1]
            if not reading.claimed[i] and not lead:
                labels[i] = _LABEL.get(label, "O")
    parts = text.parts or ((len(text.text), text.id),)
    ids = [next((i for end, i in parts if w.start < end), text.id) for w in reading.words]
    return all_traits(reading), labels, ids


def write(weights: dict[str, dict[str, float]], moves: dict[tuple[str, str], float]) -> None:
    """One line for each trait, weights in hundredths, packed without a time stamp."""
    rows = [
        "\x01" + label + "".join(f"\t{round(SCALE * moves.get((label, to), 0))}" for to in LABELS)
        for label in LABELS
    ]
    for trait in sorted(weights):
        scores = [round(SCALE * weights[trait].get(label, 0)) for label in LABELS]
        if max(map(abs, scores)) >= LEAST:
            rows += [trait + "".join(f"\t{score}" for score in scores)]
    packed = gzip.compress("\n".join(rows).encode(), 9, mtime=0)
    OUT.write_bytes(packed)
    print(json.dumps({"traits": len(rows), "bytes": len(packed)}))


def main(left_out=lambda text_id: False, rounds: int = ROUNDS, steps: int = 70) -> None:
    """Learn from all texts but those left out."""
    pairs = [labelled(text) for text in variants(texts(left_out), rounds)]
    print(json.dumps({"texts": len(pairs), "words": sum(len(labels) for _, labels, _ in pairs)}))
    write(*learn(shared(pairs), steps))


if __name__ == "__main__":
    main()
