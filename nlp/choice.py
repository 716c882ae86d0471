"""The choice among candidates: which sites tell of an act, at which stage, of which pair.

Two ways to make it: by the lexicon's rules alone, or learned (nlp.linear's models). Both answer with probabilities.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from config.lexicon import Lexicon
from config.vocabulary import Action, Stage
from nlp.linear import LinearModel
from nlp.pairs import pair_features
from nlp.parties import Pair, Parties
from nlp.sites import Site, View, crossed, site_features

NONE, BACKGROUND = "none", "background"
MODEL_FILE = Path(__file__).parent / "model.npz"
Probabilities = dict[str, float]


class Choice(Protocol):
    """How likely each reading of a site is."""

    def act(self, view: View, site: Site) -> Probabilities:
        """Over the actions, "none" and "background" (a founding told as history)."""
        ...

    def stage(self, view: View, site: Site, action: Action) -> Probabilities:
        """Over the stages that prose can tell."""
        ...

    def pairs(self, parties: Parties, site: Site, pairs: Sequence[Pair]) -> list[float]:
        """For each pair, that the site speaks of it. Several may be right."""
        ...


class RuleChoice:
    """The lexicon alone: a trigger near a tie, the nearest cue of stage, the nearest pair across a border."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.weights = {entry.id: entry.weight for entry in lexicon.action}
        self.stages = {entry.id: entry.stage for entry in lexicon.action if entry.stage}

    def act(self, view: View, site: Site) -> Probabilities:
        if site.action is None or view.in_title(site.token):
            return {NONE: 1.0}
        sentence = site.sentence
        weight = max(self.weights.get(span.label_, 1.0) for span in site.triggers)  # an echo has no entry of its own
        support = 1.0 if sentence.strong_tie else 0.8 if sentence.tied else 0.4
        if any(span._.strength == "other" for span in sentence.ties):
            support *= 0.5
        if site.action == Action.ESTABLISH and any(span._.cue == "history" for span in sentence.cues):
            return {BACKGROUND: weight * support, NONE: 1 - weight * support}
        return {site.action: weight * support, NONE: 1 - weight * support}

    def stage(self, view: View, site: Site, action: Action) -> Probabilities:
        told = next((self.stages[span.label_] for span in site.triggers if span.label_ in self.stages), None)
        cues = [span for span in site.sentence.cues if span._.cue in tuple(Stage) and abs(span.start - site.token) < 15]
        kinds = {span._.cue for span in cues}
        for stage in (Stage.REJECTED, Stage.URGED, Stage.PROPOSED):
            if stage in kinds and not (stage != Stage.REJECTED and Stage.ENACTED in kinds):
                return {stage: 0.8, Stage.ENACTED: 0.2}
        return {told or Stage.ENACTED: 0.9, Stage.PROPOSED: 0.1}

    def pairs(self, parties: Parties, site: Site, pairs: Sequence[Pair]) -> list[float]:
        def cost(pair: Pair) -> float:
            distance = parties.distance(pair.a, site) + parties.distance(pair.b, site)
            at_home = parties.home in (pair.a, pair.b)
            return distance + (60 if pair.a.country == pair.b.country else 0) - (25 if at_home else 0)

        if not pairs:
            return []
        best = min(cost(pair) for pair in pairs)
        return [0.9 if cost(pair) == best else 0.1 for pair in pairs]


class LearnedChoice:
    """Linear models over the same candidates, trained by `python -m benchmarks.train`."""

    def __init__(self, path: Path = MODEL_FILE) -> None:
        self.act_model = LinearModel.load(path, "act")
        self.stage_model = LinearModel.load(path, "stage")
        self.pair_model = LinearModel.load(path, "pair")

    def act(self, view: View, site: Site) -> Probabilities:
        return self.act_model.probabilities(crossed(site, site_features(view, site)))

    def stage(self, view: View, site: Site, action: Action) -> Probabilities:
        return self.stage_model.probabilities(site_features(view, site) | {"act:" + action: 1.0})

    def pairs(self, parties: Parties, site: Site, pairs: Sequence[Pair]) -> list[float]:
        return [self.pair_model.probabilities(pair_features(parties, site, pair))["yes"] for pair in pairs]
