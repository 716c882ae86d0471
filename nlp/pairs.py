"""The features that the choice of a pair is made from."""

from spacy.tokens import Span

from nlp.parties import Pair, Parties, here_of, plural_partner
from nlp.sites import Features, Sentence, Site, View


def pair_features(parties: Parties, site: Site, pair: Pair) -> Features:
    """Features of one pair at one site."""
    sentence = site.sentence
    a, b = pair.a, pair.b
    here_a, here_b = here_of(a, sentence), here_of(b, sentence)
    features: Features = {"bias": 1.0}
    both = bool(here_a and here_b)
    features["here:" + ("both" if both else "one" if here_a or here_b else "none")] = 1.0
    distances = sorted((parties.distance(a, site), parties.distance(b, site)))
    features["near"] = min(distances[0], 60) / 60
    features["far"] = min(distances[1], 150) / 150
    home = parties.home
    has_home = home in (a, b)
    features[
        "home:" + ("yes" if has_home else "no") + (":both" if both else ":one" if here_a or here_b else ":none")
    ] = 1.0
    features["cross" if a.country != b.country else "domestic"] = 1.0
    if a.country == b.country and both:
        features["domestic:both"] = 1.0
    if a.place and b.place:
        together = parties.together[frozenset((a.key, b.key))]
        features["together"] = min(together, 4) / 4
        if together == 0:
            features["never-together"] = 1.0
        if frozenset((a.place.id, b.place.id)) in parties.register:
            features["register"] = 1.0
    else:
        features["country-only"] = 1.0
        named = [party for party in parties.named.values() if party.country == b.country]
        features[f"country-only:named:{min(2, len(named))}:{'many' if plural_partner(here_b) else 'one'}"] = 1.0
    titled = (a.key in parties.title) + (b.key in parties.title)
    features[f"title:{titled}"] = 1.0
    n_here = len({span._.place.id for span in sentence.cities})
    features[f"cities-here:{min(4, n_here)}:{'both' if both else 'one' if here_a or here_b else 'none'}"] = 1.0
    features |= _between(parties.view, here_a, here_b, site)
    features |= _rank(parties, site, pair)
    features |= _company(parties, site, pair)
    features |= _roles(site, here_a, here_b)
    features[f"crossed:{_crossed(site, here_a, here_b)}"] = 1.0
    features |= _adjectives(sentence, pair, here_a, here_b)
    features[f"{site.action}:{'cross' if a.country != b.country else 'domestic'}"] = 1.0
    return features


def _between(view: View, here_a: list[Span], here_b: list[Span], site: Site) -> Features:
    """How two names stand in one sentence: what is between them, and the trigger's place."""
    if not (here_a and here_b):
        side = here_a or here_b
        if not side:
            return {}
        return {"alone:" + ("before" if side[0].start < site.token else "after"): 1.0}
    x, y = min(((p, q) for p in here_a for q in here_b), key=lambda pq: abs(pq[0].start - pq[1].start))
    first, second = (x, y) if x.start < y.start else (y, x)
    between = view.doc[first.end : second.start]
    words = [token.lower_ for token in between]
    features: Features = {"gap": min(len(words), 30) / 30}
    features[
        "trigger:" + ("before" if site.token < first.start else "after" if site.token >= second.end else "between")
    ] = 1.0
    for word in ("with", "and", "to", "from", "of", ";", ",", "as", "'s", "’s", "its", "while", "but", ":"):
        if word in words:
            features["between:" + word] = 1.0
    others = sum(1 for span in view.doc.spans["cities"] if first.end <= span.start < second.start)
    features[f"others-between:{min(2, others)}"] = 1.0
    if others == 0 and len(words) < 3:
        features["adjacent:" + " ".join(words)] = 1.0
    return features


def _rank(parties: Parties, site: Site, pair: Pair) -> Features:
    """How recently each was mentioned before the site, against the other parties."""
    features: Features = {}
    order = parties.told_before(site.sentence)
    ranks = sorted(order.index(party.key) if party.key in order else 9 for party in (pair.a, pair.b) if party.place)
    for name, rank in zip(("best", "worst"), ranks, strict=False):
        features[f"rank-{name}:{min(rank, 4)}"] = 1.0
    home = parties.home
    if home in (pair.a, pair.b):
        other = pair.b if pair.a is home else pair.a
        foreign = [key for key in order if key != home.key]
        if other.key in foreign:
            features[f"partner-rank:{min(foreign.index(other.key), 3)}"] = 1.0
    return features


def _company(parties: Parties, site: Site, pair: Pair) -> Features:
    """Whether the two belong together in the rest of the text, and how long ago they were last told together."""
    a, b = pair.a.key, pair.b.key
    mutual = (b in parties.best.get(a, ())) + (a in parties.best.get(b, ()))
    features: Features = {f"mutual:{mutual}": 1.0}
    if frozenset((a, b)) in parties.seen_together:
        gaps = [site.sentence.index - index for index in parties.seen_together[frozenset((a, b))]]
        past = [gap for gap in gaps if gap >= 0]
        features[f"last-together:{min(*past, 4) if past else 'later'}"] = 1.0
    last_pair = next((keys for keys, index in parties.recent if index <= site.sentence.index), None)
    if last_pair is not None:
        features["last-pair" if last_pair == frozenset((a, b)) else "not-last-pair"] = 1.0
    foreign = [party for party in parties.named.values() if parties.home and party.country != parties.home.country]
    if len(foreign) == 1 and parties.home in (pair.a, pair.b) and foreign[0] in (pair.a, pair.b):
        features["only-foreign"] = 1.0
    return features


def _crossed(site: Site, here_a: list[Span], here_b: list[Span]) -> int:
    """How many other triggers stand between a site and its parties' names: "keep theirs with A and urged B to"."""
    others = {span.start for span in site.sentence.actions if span not in site.triggers}
    others |= {span.start for span in site.sentence.cues if span._.cue == "echo" and span not in site.triggers}
    names = [min(here, key=lambda span: abs(span.start - site.token)).start for here in (here_a, here_b) if here]
    low, high = min([site.token, *names]), max([site.token, *names])
    return min(2, sum(low < other < high for other in others))


def _roles(site: Site, here_a: list[Span], here_b: list[Span]) -> Features:
    """How each name hangs on the trigger in the parse."""
    trigger = site.sentence.span.doc[site.token]
    roles = []
    for here in (here_a, here_b):
        if not here:
            continue
        token = min(here, key=lambda span: abs(span.start - site.token)).root
        steps, role = 0, token.dep_
        while token.head is not token and steps < 6 and token.head.i not in (trigger.i, trigger.head.i):
            token, steps = token.head, steps + 1
            if token.dep_ in ("nsubj", "nsubjpass", "dobj", "pobj", "prep", "appos", "conj", "poss"):
                role = token.dep_ + ("/" + token.lower_ if token.dep_ == "prep" else "")
        roles.append(role)
    return {"roles:" + "+".join(sorted(roles)): 1.0} | {"role:" + role: 1.0 for role in roles}


def _adjectives(sentence: Sentence, pair: Pair, here_a: list[Span], here_b: list[Span]) -> Features:
    """Words like "the Swedish city" speak for a party that lies there and is not named here."""
    countries = {region.country for span in sentence.regions for region in span._.regions}
    features: Features = {}
    for party, here in ((pair.a, here_a), (pair.b, here_b)):
        if not here and party.country in countries:
            features["spoken-for"] = 1.0
    return features
