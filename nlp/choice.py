"""The choice among candidates: which sites tell of an act, at which stage, of which pair, on which date.

Two ways to make it: learned (nlp.encoder), or by the lexicon's rules alone. Both answer with probabilities.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from spacy.tokens import Span

from config.lexicon import Lexicon
from config.vocabulary import Action, Stage
from nlp.details import DateCandidate
from nlp.parties import Pair, Parties
from nlp.sites import Sentence, Site, View

BACKGROUND = "background"  # a founding told as history, beside the actions


class Told(Protocol):
    """What one text tells, and how likely each reading is."""

    def acts(self, least: float) -> Iterator[tuple[Site, str, float]]:
        """Sites and the act (an action or BACKGROUND) each may tell, where that is at least so likely."""
        ...

    def stages(self, site: Site, act: str, pair: Pair) -> dict[str, float]:
        """Over the stages that prose can tell."""
        ...

    def pairs(self, site: Site, act: str, pairs: Sequence[Pair]) -> list[float]:
        """For each pair, that the act is its. Several may be right."""
        ...

    def dates(self, site: Site, act: str, candidates: Sequence[DateCandidate]) -> list[float]:
        """Over the candidates, that the act happened then."""
        ...


class Choice(Protocol):
    """Reads texts."""

    def read(self, view: View, parties: Parties) -> Told: ...


class RuleChoice:
    """The lexicon alone: a trigger near a tie, the nearest cue of stage, the nearest pair across a border."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.weights = {entry.id: entry.weight for entry in lexicon.action}
        self.stages = {entry.id: entry.stage for entry in lexicon.action if entry.stage}

    def read(self, view: View, parties: Parties) -> "Ruled":
        return Ruled(self, view, parties)


@dataclass(frozen=True, slots=True)
class Ruled:
    """One text as the rules read it."""

    rules: RuleChoice
    view: View
    parties: Parties

    def acts(self, least: float) -> Iterator[tuple[Site, str, float]]:
        for site in find_sites(self.view):
            if self.view.in_title(site.token):
                continue
            sentence = site.sentence
            # an echo has no entry of its own
            weight = max(self.rules.weights.get(span.label_, 1.0) for span in site.triggers)
            support = 1.0 if sentence.strong_tie else 0.8 if sentence.tied else 0.4
            if any(span._.strength == "other" for span in sentence.ties):
                support *= 0.5
            history = site.action == Action.ESTABLISH and any(span._.cue == "history" for span in sentence.cues)
            if weight * support >= least:
                yield site, BACKGROUND if history else site.action, weight * support

    def stages(self, site: Site, act: str, pair: Pair) -> dict[str, float]:
        stages = self.rules.stages
        told = next((stages[span.label_] for span in site.triggers if span.label_ in stages), None)
        cues = [span for span in site.sentence.cues if span._.cue in tuple(Stage) and abs(span.start - site.token) < 15]
        kinds = {span._.cue for span in cues}
        for stage in (Stage.REJECTED, Stage.URGED, Stage.PROPOSED):
            if stage in kinds and not (stage != Stage.REJECTED and Stage.ENACTED in kinds):
                return {stage: 0.8}
        return {told or Stage.ENACTED: 0.9}

    def pairs(self, site: Site, act: str, pairs: Sequence[Pair]) -> list[float]:
        home = self.parties.home

        def cost(pair: Pair) -> float:
            distance = self.parties.distance(pair.a, site) + self.parties.distance(pair.b, site)
            return distance + (60 if pair.a.country == pair.b.country else 0) - (25 if home in (pair.a, pair.b) else 0)

        if not pairs:
            return []
        best = min(cost(pair) for pair in pairs)
        return [0.9 if cost(pair) == best else 0.1 for pair in pairs]

    def dates(self, site: Site, act: str, candidates: Sequence[DateCandidate]) -> list[float]:
        return [candidate.features.get("ruled", 0.0) for candidate in candidates]


def find_sites(view: View) -> Iterator[Site]:
    """Triggers in their sentences, in text order. Those of one action that stand close together are one site.

    An echo ("Exeter took the same course") is a site with the action told before it.
    """
    if not any(sentence.tied for sentence in view.sentences):
        return
    told: Action | None = None
    for sentence in view.sentences:
        for group in _groups(sentence):
            if group[0]._.cue == "echo":
                if told is not None:
                    yield Site(sentence, (group[0],), told)
            else:
                told = group[0]._.action
                yield Site(sentence, tuple(group), told)


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
