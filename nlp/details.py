"""What else a site tells: when it happened, who acted, how the vote went."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from spacy.tokens import Span

from config.vocabulary import DateBasis, Precision
from nlp.dates import When, month_span, week_span
from nlp.sites import Features, Sentence, Site, View

_NAME = r"[A-ZÀ-Ž][\w’'-]+"
_CHAMBER = (
    r"(?:Council|Assembly|Commission|Committee|Board(?: of (?:Supervisors|Aldermen|Trustees|Commissioners))?|Cabinet"
    r"|Senate|Parliament|Chamber|Executive|Government|Administration|Cabildo|Duma)"
)
_BODY = re.compile(
    rf"\b(?:(?:the )?(?:{_NAME} ){{0,4}}{_CHAMBER}(?: of (?:the )?{_NAME}(?: {_NAME})?)?"
    rf"|(?:Deputy |Lord |Vice )?Mayor(?: {_NAME}){{1,3}}|[Cc]ity [Hh]all"
    r"|(?:city|town|municipal|county|district) (?:council|assembly|government|administration|officials)"
    r"|councill?ors|aldermen|commissioners|deputies|the (?:council|mayor|board|committee|assembly)"
    r"|a (?:petition|motion)|petitioners|residents|campaigners|activists)\b"
)
_SMALL_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_VOTE = re.compile(
    r"\bunanimous(?:ly)?\b|\b(?:without dissent|nem\.? con\.?|no member dissenting)\b"
    r"|\b\d{1,3} ?(?:[-–]|to|votes to|for and) ?\d{1,3}\b(?! (?:million|per cent|p\.?m))"
    rf"|\b{_SMALL_NUMBER} (?:votes )?to (?:{_SMALL_NUMBER}|none)\b"
)


@dataclass(frozen=True, slots=True)
class Dated:
    """The date of an act: value by precision, interval, basis, and the words it was read from."""

    value: date | None
    precision: Precision
    earliest: date | None
    latest: date | None
    basis: DateBasis | None
    span: Span | None = None


UNDATED = Dated(None, Precision.UNKNOWN, None, None, None)


def date_of(view: View, site: Site, background: bool) -> Dated:
    """When the act of a site happened, by the nearest fitting expression, the meeting or the publication."""
    own = _fitting(site.sentence.dates, background)
    if own:
        span = min(own, key=lambda span: _cost(span, site))
        return _dated(span._.when, span)
    if background:
        return UNDATED
    for back in (1, 2):
        index = site.sentence.index - back
        if index >= 0 and (near := _recent(view.sentences[index])) and not view.in_title(near[-1].start):
            return _dated(near[-1]._.when, near[-1])
    if lead := _lead(view):
        return _dated(lead._.when, lead)
    if meeting := view.doc._.meeting:
        return Dated(meeting, Precision.DAY, meeting, meeting, DateBasis.MEETING_DATE)
    if published := view.doc._.published:
        if _has_done(site):  # "have moved to suspend": some time ago, not the day's news
            first, _ = month_span(published.year, published.month)
            return Dated(first, Precision.MONTH, first, published, DateBasis.PUBLICATION)
        monday, _ = week_span(published)
        return Dated(monday, Precision.WEEK, monday, published, DateBasis.PUBLICATION)
    return UNDATED


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """A date that an act may have, and what speaks for it."""

    dated: Dated
    features: Features


MOST_DATES = 16  # candidates a site


def date_candidates(view: View, site: Site, background: bool) -> list[DateCandidate]:
    """Every date that the text offers for the act of a site: its own nearest first, the meeting, the publication."""
    here = site.sentence.index
    ruled = date_of(view, site, background)
    lead = _lead(view)
    spans = [span for sentence in view.sentences for span in sentence.dates]
    spans.sort(key=lambda span: abs(view.owner[span.start] - here))
    days = sum(span._.when.precision == Precision.DAY and not span._.when.bound for span in spans)
    base = {"background" if background else "news": 1.0, f"days:{min(days, 3)}": 1.0}
    base["published" if view.doc._.published else "unpublished"] = 1.0
    base["meeting" if view.doc._.meeting else "no-meeting"] = 1.0
    found = []
    for span in spans[:MOST_DATES]:
        when: When = span._.when
        offset = view.owner[span.start] - here
        dated = _dated(when, span)
        features = base | {
            f"offset:{max(-4, min(3, offset))}": 1.0,
            f"precision:{when.precision}": 1.0,
            f"bound:{when.bound or 'none'}": 1.0,
            f"basis:{when.basis}": 1.0,
            f"rank:{min(4, sum(abs(view.owner[other.start] - here) < abs(offset) for other in spans))}": 1.0,
        }
        if offset == 0:
            features["distance"] = min(_cost(span, site), 40) / 40
            features["side:" + ("before" if span.start < site.token else "after")] = 1.0
            features[f"same:{min(3, len(site.sentence.dates))}:{when.precision}"] = 1.0
        if _aside(span):
            features["aside"] = 1.0
        if lead is span:
            features["lead"] = 1.0
        if view.in_title(span.start):
            features["in-title"] = 1.0
        if view.doc._.base:
            age = (view.doc._.base - when.latest).days
            features["age:" + next(name for limit, name in AGES if age < limit)] = 1.0
        if any(other.start < span.start and view.owner[other.start] == view.owner[span.start] for other in spans):
            features["not-first"] = 1.0
        found.append((dated, features))
    if view.doc._.meeting and not background:
        meeting = view.doc._.meeting
        dated = Dated(meeting, Precision.DAY, meeting, meeting, DateBasis.MEETING_DATE)
        found.append((dated, base | {"is-meeting": 1.0, f"own:{bool(site.sentence.dates)}:meeting": 1.0}))
    if (published := view.doc._.published) and not background:
        monday, _ = week_span(published)
        dated = Dated(monday, Precision.WEEK, monday, published, DateBasis.PUBLICATION)
        done = {"done": 1.0} if _has_done(site) else {}
        found.append((dated, base | done | {"is-week": 1.0, f"own:{bool(site.sentence.dates)}:week": 1.0}))
        first, _ = month_span(published.year, published.month)
        dated = Dated(first, Precision.MONTH, first, published, DateBasis.PUBLICATION)
        found.append((dated, base | done | {"is-month": 1.0, f"own:{bool(site.sentence.dates)}:month": 1.0}))
    found.append((UNDATED, base | {"is-none": 1.0}))
    return [
        DateCandidate(dated, features | ({"ruled": 1.0} if _alike(dated, ruled) else {})) for dated, features in found
    ]


AGES = ((0, "future"), (3, "days"), (9, "week"), (45, "month"), (200, "months"), (600, "year"), (10**9, "long"))


def _alike(one: Dated, other: Dated) -> bool:
    return (one.value, one.precision, one.basis) == (other.value, other.precision, other.basis)


def summed_up(view: View, site: Site) -> Dated | None:
    """The month up to the publication, where a sentence sums up what "cities have done" and tells no date."""
    published = view.doc._.published
    if published is None or site.sentence.dates or not _has_done(site):
        return None
    first, _ = month_span(published.year, published.month)
    return Dated(first, Precision.MONTH, first, published, DateBasis.PUBLICATION)


def _has_done(site: Site) -> bool:
    """The site's verb stands in the present perfect."""
    token = site.sentence.span.doc[site.token]
    verbs = [token, *token.ancestors][:4]
    return any(child.lower_ in ("have", "has") and child.dep_ == "aux" for verb in verbs for child in verb.children)


def _lead(view: View) -> Span | None:
    """The day that a fresh report opens with: "on Tuesday" in its first sentences."""
    published = view.doc._.published
    if published is None or view.doc._.meeting:
        return None
    for sentence in view.sentences[:6]:
        for span in sentence.dates:
            when = span._.when
            if not when.bound and when.precision == Precision.DAY and 0 <= (published - when.earliest).days < 15:
                return span
    return None


def _recent(sentence: Sentence) -> list[Span]:
    """Dates of a neighbouring sentence that the story may go on from; a bare year is none."""
    return [span for span in _fitting(sentence.dates, background=False) if span._.when.precision != Precision.YEAR]


def _fitting(spans: list[Span], background: bool) -> list[Span]:
    """News does not happen "since" or "until", nor in a bare year long ago; what began long ago does."""
    if background:
        return spans
    return [span for span in spans if not span._.when.bound and not _aside(span)]


def _aside(span: Span) -> bool:
    """A year that no "in" ties to the act: "the 1969 charter", "another casualty of 2013"."""
    return (
        span._.when.precision == Precision.YEAR
        and span.start > 0
        and span[0].text.isdigit()
        and span.doc[span.start - 1].lower_ not in ("in", "of", "during", "early", "late", ",")
    )


def _cost(span: Span, site: Site) -> float:
    when: When = span._.when
    distance = span.start - site.end if span.start >= site.token else (site.token - span.end) * 1.3
    vague = {Precision.DAY: 0, Precision.WEEK: 2, Precision.MONTH: 3, Precision.YEAR: 8}[when.precision]
    return distance + vague


def _dated(when: When, span: Span) -> Dated:
    value = (
        when.earliest - timedelta(days=when.earliest.weekday()) if when.precision == Precision.WEEK else when.earliest
    )
    if when.precision == Precision.YEAR:
        value = value.replace(month=1, day=1)
    return Dated(value, when.precision, when.earliest, when.latest, when.basis, span)


def actor_of(site: Site) -> Span | None:
    """The body or office holder that acts at a site, as the text words it."""
    sentence = site.sentence.span
    anchor = sentence.doc[site.token].idx - sentence.start_char
    found = list(_BODY.finditer(sentence.text))
    if not found:
        return None
    best = min(found, key=lambda match: abs(match.start() - anchor) + (0 if match.start() < anchor else 40))
    text = best.group()
    start = best.start() + (4 if text.lower().startswith("the ") else 0)
    return sentence.char_span(start, best.end(), alignment_mode="expand")


def vote_of(view: View, site: Site) -> str | None:
    """The count or "unanimous", from the site's sentence or from the one after it where that names no other city."""
    following = view.sentences[site.sentence.index + 1 : site.sentence.index + 2]
    for sentence in (site.sentence, *(one for one in following if not one.cities)):
        if match := _VOTE.search(sentence.span.text):
            words = match.group()
            return "unanimous" if words.lower().startswith(("unanim", "without", "nem", "no member")) else words
    return None
