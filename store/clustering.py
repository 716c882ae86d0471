"""Which mentions speak of one act. Pure: the same mentions give the same clusters in whatever order they come."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from config.vocabulary import Action, Precision, Stage
from nlp.mention import TieMention
from store.pairs import PairKey

# finest first
PRECISIONS = (Precision.DAY, Precision.WEEK, Precision.MONTH, Precision.YEAR, Precision.UNKNOWN)
# How far two dates may lie apart and still be one act: a report says "Monday" of a vote late on Sunday, another dates
# the announcement. A month or a year is wide enough as it is.
TOLERANCE_DAYS = {Precision.DAY: 3, Precision.WEEK: 7}
# How long a cluster may get by one mention joining the next: twice the tolerance and a day, two weeks more than a
# week, a season, a year.
SPAN_DAYS = {Precision.DAY: 7, Precision.WEEK: 21, Precision.MONTH: 92, Precision.YEAR: 366}


@dataclass(frozen=True, slots=True)
class CurrentMention:
    """A mention of a page's current reading."""

    id: int
    key: str  # the same for the same words of the same page, whichever reader version read them
    text_sha256: str  # two pages of equal text are one witness
    mention: TieMention

    @property
    def pair(self) -> PairKey:
        return PairKey.of(self.mention.city_a, self.mention.city_b)


@dataclass(frozen=True, slots=True)
class Interval:
    """The days in which an act lies, both ends included, and how far off they may be."""

    start: date
    end: date
    tolerance: int

    def meets(self, other: "Interval") -> bool:
        gap = max(self.start - other.end, other.start - self.end)
        return gap <= timedelta(days=max(self.tolerance, other.tolerance))


@dataclass(slots=True)
class Cluster:
    """Mentions of one act. The interval is that of its finest mentions; coarser ones that join do not widen it."""

    pair: PairKey
    action: Action
    stage: Stage
    background: bool
    interval: Interval | None
    members: list[CurrentMention] = field(default_factory=list)


def precision_of(mention: TieMention) -> Precision:
    return Precision.UNKNOWN if mention.date is None else mention.date_precision


def interval_of(mention: TieMention) -> Interval | None:
    """The mention's interval; None where its date is unknown."""
    if precision_of(mention) is Precision.UNKNOWN or mention.date is None:
        return None
    start = mention.earliest or mention.date
    end = mention.latest or max(start, _last_day(mention.date, mention.date_precision))
    return Interval(start, end, TOLERANCE_DAYS.get(mention.date_precision, 0))


def cluster(mentions: Iterable[CurrentMention]) -> list[Cluster]:
    """Every mention in exactly one cluster.

    A mention whose partner is only known by its country joins the one cluster of a named pair that it fits; where
    none or several do, it stands for itself.
    """
    ordered = sorted(mentions, key=sort_key)
    named = _by_group(item for item in ordered if not item.pair.open)
    clusters = [found for group in named for found in _cluster_group(group)]
    by_open_pair: defaultdict[PairKey, list[Cluster]] = defaultdict(list)
    for found in clusters:
        for pair in found.pair.widened:
            by_open_pair[pair].append(found)
    homeless = []
    joining: list[tuple[Cluster, CurrentMention]] = []
    for item in (item for item in ordered if item.pair.open):
        homes = [home for home in by_open_pair[item.pair] if _fits(item.mention, home)]
        if len(homes) == 1:
            joining.append((homes[0], item))
        else:
            homeless.append(item)
    for home, item in joining:  # only now, so that none is a home for the next
        home.members.append(item)
    return clusters + [found for group in _by_group(homeless) for found in _cluster_group(group)]


def sort_key(item: CurrentMention) -> tuple[date, int, str, str, str]:
    """A total order that hangs on what mentions say, and on nothing that the database gave them."""
    interval = interval_of(item.mention)
    start = interval.start if interval else date.max
    return start, PRECISIONS.index(precision_of(item.mention)), item.key, item.text_sha256, repr(item.mention)


def _by_group(mentions: Iterable[CurrentMention]) -> list[list[CurrentMention]]:
    groups: dict[tuple[PairKey, Action, Stage], list[CurrentMention]] = {}
    for item in mentions:
        groups.setdefault((item.pair, item.mention.action, item.mention.stage), []).append(item)
    return [groups[key] for key in sorted(groups)]


def _cluster_group(group: list[CurrentMention]) -> list[Cluster]:
    """The clusters of one pair, action and stage. History told beside the news of the very same date is that news."""
    news = {interval_of(item.mention) for item in group if not item.mention.background} - {None}
    told: dict[bool, list[CurrentMention]] = {False: [], True: []}
    for item in group:
        told[item.mention.background and interval_of(item.mention) not in news].append(item)
    return [found for background, items in told.items() for found in _cluster_dates(items, background)]


def _cluster_dates(items: list[CurrentMention], background: bool) -> list[Cluster]:
    """From fine to coarse: a mention joins a cluster of finer dates that it meets, else those as coarse as itself."""
    clusters: list[Cluster] = []
    for precision in PRECISIONS:
        joining: list[tuple[Cluster, CurrentMention]] = []
        made: list[Cluster] = []
        for item in (item for item in items if precision_of(item.mention) is precision):
            interval = interval_of(item.mention)
            homes = [home for home in clusters if _dates_fit(item.mention, home)]
            if len(homes) == 1 or (homes and interval is not None):
                # of several acts within a coarse date, the one most told of
                joining.append((max(homes, key=lambda home: len(home.members)), item))
            elif not _extend(made, item, interval, precision):
                mention = item.mention
                made.append(Cluster(item.pair, mention.action, mention.stage, background, interval, [item]))
        for home, item in joining:  # only now, so that the count of members is that of finer dates
            home.members.append(item)
        clusters += made
    return clusters


def _extend(made: list[Cluster], item: CurrentMention, interval: Interval | None, precision: Precision) -> bool:
    """Add a mention to the last cluster of its own precision, if it meets that and does not make it too long."""
    if not made:
        return False
    last = made[-1]
    if last.interval is None or interval is None:
        joins = last.interval is interval
    else:
        end = max(last.interval.end, interval.end)
        longest = max(
            SPAN_DAYS[precision],
            (last.interval.end - last.interval.start).days,
            (interval.end - interval.start).days,
        )
        joins = last.interval.meets(interval) and (end - last.interval.start).days <= longest
        if joins:
            last.interval = Interval(last.interval.start, end, interval.tolerance)
    if joins:
        last.members.append(item)
    return joins


def _fits(mention: TieMention, home: Cluster) -> bool:
    return (
        (mention.action, mention.stage) == (home.action, home.stage)
        and (mention.background == home.background or _same_interval(mention, home))
        and _dates_fit(mention, home)
    )


def _same_interval(mention: TieMention, home: Cluster) -> bool:
    interval = interval_of(mention)
    return interval is not None and any(interval == interval_of(member.mention) for member in home.members)


def _dates_fit(mention: TieMention, home: Cluster) -> bool:
    interval = interval_of(mention)
    if home.interval is None:
        return interval is None
    if interval is not None:
        return home.interval.meets(interval)
    # an unknown date may still have a bound: nothing is told before it happens
    not_after = mention.latest is None or home.interval.start <= mention.latest
    not_before = mention.earliest is None or mention.earliest <= home.interval.end
    return not_after and not_before


def _last_day(first: date, precision: Precision) -> date:
    if precision is Precision.WEEK:
        return first + timedelta(days=6)
    if precision is Precision.MONTH:
        return (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if precision is Precision.YEAR:
        return first.replace(month=12, day=31)
    return first
