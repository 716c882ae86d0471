"""Sites: the places in a text where an act on a tie may be told, and the features that the choice is made from.

A site is a trigger of the lexicon in its sentence, or a sentence about ties without one. What a sentence holds is
collected once a document in a View, so that features cost little.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from spacy.tokens import Doc, Span, Token

from config.vocabulary import Action

WINDOW = 6  # words on each side of a trigger that count as near
Features = dict[str, float]


@dataclass(slots=True)
class Sentence:
    """One sentence and what the components found in it."""

    index: int
    span: Span
    cities: list[Span] = field(default_factory=list)
    regions: list[Span] = field(default_factory=list)
    ties: list[Span] = field(default_factory=list)
    actions: list[Span] = field(default_factory=list)
    cues: list[Span] = field(default_factory=list)
    dates: list[Span] = field(default_factory=list)

    @property
    def strong_tie(self) -> bool:
        return any(span._.strength == "strong" for span in self.ties)

    @property
    def tied(self) -> bool:
        return any(span._.strength != "other" for span in self.ties)


@dataclass(frozen=True, slots=True)
class Site:
    """A trigger in its sentence; `triggers` is empty for a sentence about ties that has none."""

    sentence: Sentence
    triggers: tuple[Span, ...]
    action: Action | None

    @property
    def token(self) -> int:
        """The token that stands for the site."""
        return self.triggers[0].start if self.triggers else self.sentence.span.root.i

    @property
    def end(self) -> int:
        return max(span.end for span in self.triggers) if self.triggers else self.token + 1


class View:
    """A document as rows of sentences."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.sentences = [Sentence(index, span) for index, span in enumerate(doc.sents)]
        owner = [0] * len(doc)
        for sentence in self.sentences:
            for i in range(sentence.span.start, sentence.span.end):
                owner[i] = sentence.index
        self.owner = owner
        for key in ("cities", "regions", "ties", "actions", "cues", "dates"):
            for span in doc.spans[key]:
                getattr(self.sentences[owner[span.start]], key).append(span)

    @cached_property
    def words(self) -> list[str]:
        """Lemmas with names, numbers and dates made alike, so that no story is learned by heart."""
        words = [token.lemma_.lower() if token.pos_ != "PROPN" else token.lower_ for token in self.doc]
        for ent in self.doc.ents:
            if ent.label_ == "PERSON":
                words[ent.start : ent.end] = ["<person>"] * len(ent)
        for key, label in (("dates", "<date>"), ("regions", "<country>"), ("cities", "<city>")):
            for span in self.doc.spans[key]:
                words[span.start : span.end] = [label] * len(span)
        for token in self.doc:
            if token.like_num and words[token.i] not in ("<date>", "<city>"):
                words[token.i] = "<num>"
        return words

    def in_title(self, token: int) -> bool:
        return bool(self.doc[token].idx < self.doc._.title_end)


def find_sites(view: View) -> Iterator[Site]:
    """Every site, in text order. Triggers of one action that stand close together are one site.

    An echo ("Exeter took the same course") is a site with the action told before it.
    """
    if not any(sentence.tied for sentence in view.sentences):
        return
    told: Action | None = None
    for sentence in view.sentences:
        groups = list(_groups(sentence))
        for group in groups:
            if group[0]._.cue == "echo":
                yield Site(sentence, (group[0],), told)
            else:
                told = group[0]._.action
                yield Site(sentence, tuple(group), told)
        if not groups and (sentence.tied or sentence.cities or sentence.cues):
            yield Site(sentence, (), None)


def _groups(sentence: Sentence) -> Iterator[list[Span]]:
    """Triggers by action and closeness, and echoes, in the order of their first words."""
    groups: list[list[Span]] = []
    for span in sorted(sentence.actions, key=lambda span: (span.start, -span.end)):
        group = next((g for g in groups if g[0]._.action == span._.action and span.start - g[-1].end < 4), None)
        if group is None:
            groups.append([span])
        else:
            group.append(span)
    groups += [[span] for span in sentence.cues if span._.cue == "echo"]
    yield from sorted(groups, key=lambda group: group[0].start)


def site_features(view: View, site: Site) -> Features:
    """Features of what happens at a site, names of cities left out."""
    words, sentence = view.words, site.sentence
    start, end, at = sentence.span.start, sentence.span.end, site.token
    features: Features = {"bias:" + (site.action or "bare"): 1.0}
    for i in range(start, end):
        features["w:" + words[i]] = 1.0
        if i + 1 < end:
            features[f"b:{words[i]} {words[i + 1]}"] = 1.0
    for i in range(max(start, at - WINDOW), min(end, site.end + WINDOW)):
        side = "<" if i < at else ">" if i >= site.end else "="
        features[f"n{side}{words[i]}"] = 1.0
    for span in site.triggers:
        features["trigger:" + span.label_] = 1.0
        features["trigger=" + " ".join(words[span.start : span.end])] = 1.0
    for span in sentence.actions:
        if span not in site.triggers:
            features["also:" + span._.action] = 1.0
    for span in sentence.cues:
        side = "<" if span.start < at else ">"
        near = "near" if abs(span.start - at) <= WINDOW else "far"
        features[f"cue:{span.label_}{side}{near}"] = 1.0
        features["cue:" + span.label_] = 1.0
    for span in sentence.ties:
        side = "<" if span.start < at else ">"
        near = "near" if abs(span.start - at) <= WINDOW else "far"
        features[f"tie:{span._.strength}{side}{near}"] = 1.0
        features["tie:" + span._.strength] = 1.0
    features |= _grammar(view.doc[at], site)
    features |= _surroundings(view, site)
    return features


def crossed(site: Site, features: Features) -> Features:
    """The features and, words apart, each of them together with what the trigger says is done.

    "Urged" before a trigger of ending speaks for an act; before one of keeping, less so.
    """
    action = site.action or "bare"
    return features | {
        f"{action}&{name}": value for name, value in features.items() if not name.startswith(("w:", "b:", "bias:"))
    }


def _grammar(token: Token, site: Site) -> Features:
    """Tense, voice, mood and subject of the trigger's clause."""
    features: Features = {"tag:" + token.tag_: 1.0, "dep:" + token.dep_: 1.0}
    verb = (
        token
        if token.pos_ in ("VERB", "AUX")
        else next((a for a in token.ancestors if a.pos_ in ("VERB", "AUX")), None)
    )
    if verb is None:
        return features
    features[f"verb:{verb.tag_}"] = 1.0
    for child in verb.children:
        if child.dep_ in ("aux", "auxpass", "neg"):
            features[f"aux:{child.lower_}"] = 1.0
        elif child.dep_ in ("nsubj", "nsubjpass"):
            features["subject:" + child.lemma_.lower()] = 1.0
            features["subject-dep:" + child.dep_] = 1.0
    head = verb.head
    if head is not verb:
        features["head:" + head.lemma_.lower()] = 1.0
        features[f"head-dep:{verb.dep_}"] = 1.0
        for child in head.children:
            if child.dep_ in ("aux", "neg"):
                features["head-aux:" + child.lower_] = 1.0
            elif child.dep_ in ("nsubj", "nsubjpass"):
                features["head-subject:" + child.lemma_.lower()] = 1.0
    return features


def _surroundings(view: View, site: Site) -> Features:
    """What stands around the sentence: neighbours' cues, place in the text, how many cities and dates."""
    sentence = site.sentence
    features: Features = {
        f"cities:{min(3, len({span._.place.id for span in sentence.cities}))}": 1.0,
        f"countries:{min(2, len(sentence.regions))}": 1.0,
        f"dates:{min(2, len(sentence.dates))}": 1.0,
        f"position:{min(5, sentence.index)}": 1.0,
        "words": min(1.0, len(sentence.span) / 60),
        "kind:" + view.doc._.kind: 1.0,
    }
    if view.in_title(site.token):
        features["title"] = 1.0
    if view.doc._.meeting:
        features["meeting"] = 1.0
    for span in sentence.dates:
        if span._.when.bound:
            features["bound:" + span._.when.bound] = 1.0
        base = view.doc._.base
        if base:
            age = (base - span._.when.latest).days
            features[
                "age:"
                + (
                    "future"
                    if age < 0
                    else "week"
                    if age < 8
                    else "months"
                    if age < 200
                    else "year"
                    if age < 600
                    else "long"
                )
            ] = 1.0
    quotes = sum(token.text in '“”"' for token in sentence.span)
    if quotes:
        features["quote"] = 1.0
    for offset, name in ((-1, "prev"), (1, "next")):
        index = sentence.index + offset
        if 0 <= index < len(view.sentences):
            neighbour = view.sentences[index]
            for span in neighbour.cues:
                features[f"{name}:{span._.cue}"] = 1.0
            for span in neighbour.actions:
                features[f"{name}:{span._.action}"] = 1.0
            if neighbour.strong_tie:
                features[name + ":strong"] = 1.0
    return features
