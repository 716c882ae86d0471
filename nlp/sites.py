"""Sites: the places in a text where an act on a tie may be told.

A site is a trigger of the lexicon in its sentence, or a sentence about ties without one. What a sentence holds is
collected once a document in a View.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Doc, Span

from config.vocabulary import Action

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
