"""Assembly: sites, pairs, stages and dates become TieMentions, one for each (pair, action, stage) of a text."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import log, prod

from config.vocabulary import Action, Precision, Stage
from nlp.choice import BACKGROUND, Choice, Told
from nlp.details import Dated, actor_of, date_candidates, summed_up, vote_of
from nlp.linear import LinearModel
from nlp.mention import City, EvidenceSpan, TieMention
from nlp.parties import Pair, Parties, Party, here_of, settle
from nlp.sites import Features, Site, View

LEAST_ACT = 0.05  # readings less likely than this are not followed up
LEAST_STAGE = 0.2
LIKELY = 0.3  # strength from which on a draft counts among the pairs of a text
LEAST_PAIR = 0.08
GENERIC = frozenset(
    ("cities towns communities councils members leaders municipalities mayors many some others several dozens").split()
)
IN_TURN = {  # acts that one sentence may well tell together: "suspended in 2010, resumed on 1 April"
    frozenset((Action.SUSPEND, Action.RESTORE)),
    frozenset((Action.SEVER, Action.RESTORE)),
    frozenset((Action.ESTABLISH, Action.SEVER)),
    frozenset((Action.ESTABLISH, Action.SUSPEND)),
}


@dataclass(slots=True)
class Support:
    """One site that speaks for a draft, and how surely."""

    site: Site
    act: float
    stage: float
    pair: float
    lead: float  # how much likelier the pair is than the next at this site; below 0 where another is likelier

    @property
    def strength(self) -> float:
        return self.act * self.stage * self.pair


@dataclass
class Draft:
    """A possible event of the text, with all that speaks for it."""

    pair: Pair
    action: Action
    stage: Stage
    background: bool
    supports: list[Support] = field(default_factory=list)

    @cached_property
    def best(self) -> Support:
        """Asked for only when all supports are in."""
        return max(self.supports, key=lambda support: support.strength)

    @property
    def parties(self) -> frozenset[str]:
        return frozenset((self.pair.a.key, self.pair.b.key))


def draft_events(parties: Parties, told: Told) -> list[Draft]:
    """Every reading that is not quite unlikely, gathered by (pair, action, stage)."""
    drafts: dict[tuple[frozenset[str], Action, Stage, bool], Draft] = {}
    for site, act, p_act in told.acts(LEAST_ACT):
        pairs = list(parties.candidates(site))
        scores = settle(site, pairs, told.pairs(site, act, pairs))
        background = act == BACKGROUND
        action = Action.ESTABLISH if background else Action(act)
        for number, (pair, p_pair) in enumerate(zip(pairs, scores, strict=True)):
            if p_pair < LEAST_PAIR:
                continue
            stages = {Stage.ENACTED.value: 1.0} if background else told.stages(site, act, pair)
            lead = p_pair - max((p for n, p in enumerate(scores) if n != number), default=0.0)
            for stage, p_stage in stages.items():
                if p_stage >= LEAST_STAGE:
                    key = (frozenset((pair.a.key, pair.b.key)), action, Stage(stage), background)
                    draft = drafts.setdefault(key, Draft(pair, action, Stage(stage), background))
                    draft.supports.append(Support(site, p_act, p_stage, p_pair, lead))
    return list(drafts.values())


def draft_features(draft: Draft, drafts: list[Draft], view: View, parties: Parties) -> Features:
    """Features of the last choice, whether a draft is an event of the text."""
    best = draft.best
    pair_drafts = [
        other for other in drafts if other.parties == draft.parties and not other.background and other is not draft
    ]
    same = [other for other in pair_drafts if other.action == draft.action]
    rival = max((other.best.strength for other in same), default=0.0)
    others = max((other.best.strength for other in pair_drafts if other.action != draft.action), default=0.0)
    here = max(
        (
            other.best.strength
            for other in drafts
            if other is not draft and other.best.site.sentence is best.site.sentence and other.parties != draft.parties
        ),
        default=0.0,
    )
    body = [support for support in draft.supports if not view.in_title(support.site.token)]
    title = [support for support in draft.supports if view.in_title(support.site.token)]
    missing = prod(1 - support.strength for support in draft.supports)
    history = max(
        (
            other.best.strength
            for other in drafts
            if other.background and other is not draft and other.parties == draft.parties
        ),
        default=0.0,
    )
    kind = "background" if draft.background else draft.stage
    stronger = sum(other.best.strength > best.strength for other in drafts)
    pairs = {other.parties for other in drafts if other.best.strength > LIKELY}
    return {
        "act": _logit(best.act),
        "stage": _logit(best.stage),
        "pair": _logit(best.pair),
        "strength": _logit(best.strength),
        "any": _logit(1 - missing),
        f"strength:{draft.action}": _logit(best.strength),
        f"strength:{kind}": _logit(best.strength),
        f"act:{draft.action}": _logit(best.act),
        f"stage:{kind}": _logit(best.stage),
        f"rank:{min(stronger, 4)}": 1.0,
        f"pairs:{min(len(pairs), 4)}": 1.0,
        "of-pair": max((other.best.strength for other in pair_drafts), default=0.0),
        "sure-of-pair": _logit(1 - prod(1 - support.pair for support in draft.supports)),
        "product": best.strength,
        "lead": best.lead,
        "body": max((support.strength for support in body), default=0.0),
        "title": max((support.strength for support in title), default=0.0),
        "sites": min(len({id(support.site.sentence) for support in draft.supports}), 4) / 4,
        "rival": rival,
        "beaten": 1.0 if rival > best.strength else 0.0,
        "others": others,
        "others-beat": 1.0 if others > best.strength else 0.0,
        "here": here,
        "here-beats": 1.0 if here > best.strength else 0.0,
        "history": history,
        "domestic": 1.0 if draft.pair.a.country == draft.pair.b.country else 0.0,
        "country-only": 0.0 if draft.pair.b.place else 1.0,
        "home": 1.0 if parties.home in (draft.pair.a, draft.pair.b) else 0.0,
        f"is:{draft.action}": 1.0,
        f"is:{kind}": 1.0,
        f"here:{_named_here(draft)}": 1.0,
        "generic": 1.0 if _named_here(draft) == 0 and _generic(best.site) else 0.0,
        "together": min(parties.together[draft.parties], 4) / 4,
        "apart": 1.0 if draft.pair.b.place and not parties.together[draft.parties] else 0.0,
        "register": 1.0 if _registered(draft, parties) else 0.0,
        "echo": 1.0 if any(span._.cue == "echo" for span in best.site.triggers) else 0.0,
        "bare": 0.0 if best.site.triggers else 1.0,
        "tied": 1.0 if best.site.sentence.tied else 0.0,
    }


def _logit(p: float) -> float:
    """Log odds, held within what a weight can bear."""
    p = min(max(p, 0.001), 0.999)
    return log(p / (1 - p)) / 7


def _named_here(draft: Draft) -> int:
    """How many of the two parties the best site's sentence names."""
    return sum(bool(here_of(party, draft.best.site.sentence)) for party in (draft.pair.a, draft.pair.b))


def _generic(site: Site) -> bool:
    """The sentence speaks of cities in general: "city leaders", "its members"."""
    return any(token.lower_ in GENERIC for token in site.sentence.span)


def _registered(draft: Draft, parties: Parties) -> bool:
    a, b = draft.pair.a.place, draft.pair.b.place
    return a is not None and b is not None and frozenset((a.id, b.id)) in parties.register


class Assembler:
    """Turns a processed Doc into mentions."""

    def __init__(self, choice: Choice, final: LinearModel | None, threshold: float) -> None:
        self.choice, self.final, self.threshold = choice, final, threshold

    def confidence(self, draft: Draft, drafts: list[Draft], view: View, parties: Parties) -> float:
        if self.final is None:
            return draft.best.strength
        return self.final.probabilities(draft_features(draft, drafts, view, parties))["yes"]

    def __call__(self, view: View, parties: Parties) -> Iterator[TieMention]:
        """Mentions of a text, in the order of their evidence."""
        told = self.choice.read(view, parties)
        drafts = draft_events(parties, told)
        scored = [(self.confidence(draft, drafts, view, parties), draft) for draft in drafts]
        kept = [(p, draft) for p, draft in scored if p >= self.threshold]
        kept = [(p, draft) for p, draft in kept if not _named_elsewhere(draft, [other for _, other in kept])]
        kept = [(p, draft) for p, draft in kept if not any(_outdone(p, draft, *other) for other in kept)]
        for p, draft in sorted(kept, key=lambda item: (item[1].best.site.token, item[1].action, item[1].stage)):
            yield _mention(view, parties, draft, best_date(view, draft, told), p)


def _outdone(p: float, draft: Draft, rival_p: float, rival: Draft) -> bool:
    """A sentence tells one act of a pair where two would be the same decision worded twice."""
    return (
        rival is not draft
        and rival_p > p
        and rival.parties == draft.parties
        and rival.stage == draft.stage
        and rival.best.site.sentence is draft.best.site.sentence
        and frozenset((draft.action, rival.action)) not in IN_TURN
    )


def _named_elsewhere(draft: Draft, kept: list[Draft]) -> bool:
    """An act with a partner known by country only is the one that another sentence tells with the partner's name."""
    if draft.pair.b.place is not None:
        return False
    return any(
        other.pair.b.place is not None
        and (other.action, other.stage, other.background) == (draft.action, draft.stage, draft.background)
        and any(
            one is draft.pair.a and two.country == draft.pair.b.country
            for one, two in ((other.pair.a, other.pair.b), (other.pair.b, other.pair.a))
        )
        for other in kept
    )


def _mention(view: View, parties: Parties, draft: Draft, dated: Dated, confidence: float) -> TieMention:
    site = draft.best.site
    a, b = _acting_first(draft.pair, parties, site)
    actor, sentence = actor_of(site), site.sentence.span
    roles = [("sentence", sentence.start, sentence.end)]
    roles += [("trigger", span.start, span.end) for span in site.triggers]
    roles += [("tie", span.start, span.end) for span in site.sentence.ties if span._.strength != "other"]
    roles += [("stage", span.start, span.end) for span in site.sentence.cues if span._.cue == draft.stage]
    for role, party in (("city_a", a), ("city_b", b)):
        nearest = min(party.spans, key=lambda span: abs(span.start - site.token))
        roles.append((role, nearest.start, nearest.end))
    if dated.span is not None:
        roles.append(("date", dated.span.start, dated.span.end))
    if actor is not None:
        roles.append(("actor", actor.start, actor.end))
    doc = view.doc
    spans = tuple(EvidenceSpan(role, doc[i:j].start_char, doc[i:j].end_char, doc[i:j].text) for role, i, j in roles)
    rules = [span.label_ for span in (*site.triggers, *site.sentence.ties, *site.sentence.cues)]
    return TieMention(
        city_a=_city(a),
        city_b=_city(b),
        action=draft.action,
        stage=draft.stage,
        date=dated.value,
        date_precision=dated.precision,
        earliest=dated.earliest,
        latest=dated.latest,
        date_basis=dated.basis,
        actor=actor.text if actor is not None else None,
        vote=vote_of(view, site),
        evidence=" ".join(sentence.text.split()),
        spans=spans,
        confidence=round(min(confidence, 0.99), 3),
        rules=tuple(dict.fromkeys(rules)),
        background=draft.background,
    )


def best_date(view: View, draft: Draft, told: Told) -> Dated:
    """The date that the sites of a draft agree on best, each heard as far as it speaks for the draft."""
    if draft.pair.b.place is None and (summary := summed_up(view, draft.best.site)):
        return summary
    act = BACKGROUND if draft.background else draft.action.value
    floor = draft.best.strength * 0.3
    weights: dict[tuple[date | None, Precision], float] = defaultdict(float)
    best: dict[tuple[date | None, Precision], tuple[float, Dated]] = {}
    for support in draft.supports:
        if support.strength < floor:
            continue
        candidates = date_candidates(view, support.site, draft.background)
        for candidate, p in zip(candidates, told.dates(support.site, act, candidates), strict=True):
            key = (candidate.dated.value, candidate.dated.precision)
            weights[key] += support.strength * p
            best[key] = max(
                best.get(key, (0.0, candidate.dated)), (support.strength * p, candidate.dated), key=lambda item: item[0]
            )
    return best[max(weights, key=weights.__getitem__)][1]


def _acting_first(pair: Pair, parties: Parties, site: Site) -> tuple[Party, Party]:
    """The acting city first: the one at home in the text, else the one named first at the site."""
    if parties.home is pair.b or (
        parties.home is not pair.a and pair.b.place and _first(pair.b, site) < _first(pair.a, site)
    ):
        return pair.b, pair.a
    return pair.a, pair.b


def _first(party: Party, site: Site) -> int:
    here = here_of(party, site.sentence)
    return here[0].start if here else site.sentence.span.end


def _city(party: Party) -> City:
    place = party.place
    if place is None:
        return City(None, None, party.country)
    return City(place.name, place.stated_admin1, place.country, place.geonames_id)
