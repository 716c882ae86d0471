"""A text as sentences and what the components found in them, and sites: where an act on a tie may be told."""

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
    """A sentence that may tell an act, by its triggers; `triggers` is empty where it has none for the act."""

    sentence: Sentence
    triggers: tuple[Span, ...]
    action: Action

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
