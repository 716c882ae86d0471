"""The component `twinwatch_dates`: time expressions -> intervals of days.

doc.spans["dates"]: one span an expression, `span._.when` its value. Relative ones hang on `doc._.published`, in minutes
and agendas on the meeting's date, and "two days later" on the date told before it. Months without a year take the
nearest year that the tense allows. The precision follows what is written; nothing missing is filled in.
"""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from spacy.language import Language
from spacy.tokens import Doc, Span

from config.vocabulary import DateBasis, PageKind, Precision
from nlp.timex import (
    DATELINE,
    FORMAL,
    FORMS,
    FUTURE,
    MONTHS,
    NUMBERS,
    OPENS_END,
    OPENS_PAST,
    SEASONS,
    UNIT_DAYS,
    WEEKDAYS,
)

Doc.set_extension("published", default=None, force=True)  # date | None
Doc.set_extension("kind", default=PageKind.ARTICLE, force=True)
Doc.set_extension("base", default=None, force=True)  # the day that relative dates hang on
Doc.set_extension("meeting", default=None, force=True)  # the meeting's day, in minutes and agendas
Span.set_extension("when", default=None, force=True)


@dataclass(frozen=True, slots=True)
class When:
    """A stretch of days. Both ends count. `bound` tells whether it opens ("since") or closes ("until") a period."""

    earliest: date
    latest: date
    precision: Precision
    basis: DateBasis
    bound: str = ""  # since, until, for, dateline or nothing


def month_span(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month."""
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def week_span(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week of a day."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def on_day(day: date, basis: DateBasis) -> When:
    return When(day, day, Precision.DAY, basis)


@Language.component("twinwatch_dates", assigns=["doc.spans"])
def dates(doc: Doc) -> Doc:
    """Find and resolve time expressions; see the module's docstring."""
    found = _find(doc.text)
    doc._.meeting = _meeting(doc, found)
    doc._.base = doc._.meeting or doc._.published or _latest_full(found)
    told = None
    spans = []
    for name, match in found:
        try:
            when = _resolve(name, match, doc, told)
        except (ValueError, OverflowError):  # beyond the calendar: a publication in year 1, a 31st of June
            when = None
        span = doc.char_span(match.start(), match.end(), label="DATE", alignment_mode="expand")
        if when is None or span is None:
            continue
        before = match.string[max(0, match.start() - 40) : match.start()]
        bound = (
            "since"
            if (name != "relative" and OPENS_PAST.search(before)) or match.group().lower().startswith("since")
            else ""
        )
        bound = bound or (
            "until" if OPENS_END.search(before) or match.group().lower().startswith(("until", "till", "by")) else ""
        )
        span._.when = When(when.earliest, when.latest, when.precision, when.basis, bound)
        if not bound and match.group().lower().startswith("for "):  # "the exchange planned for October"
            span._.when = replace(span._.when, bound="for")
        if name in ("full", "day") and match.start() < 160 and DATELINE.search(before.rpartition("\n")[2]):
            span._.when = replace(span._.when, bound="dateline")
        spans.append(span)
        if not span._.when.bound:
            told = when
    doc.spans["dates"] = spans
    return doc


def _latest_full(found: list[tuple[str, re.Match[str]]]) -> date | None:
    """What an undated text hangs on: the latest full date that it tells."""
    return max((day for name, match in found if name == "full" and (day := _date(match))), default=None)


def _find(text: str) -> list[tuple[str, re.Match[str]]]:
    """Non-overlapping expressions in text order, earlier forms first where two compete."""
    taken = bytearray(len(text))
    found = []
    for name, form in FORMS:
        for match in form.finditer(text):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                found.append((name, match))
    return sorted(found, key=lambda item: item[1].start())


def _meeting(doc: Doc, found: list[tuple[str, re.Match[str]]]) -> date | None:
    """The full date in the head of minutes, an agenda or a resolution; None in an article."""
    head = doc.text[:600]
    formal = doc._.kind in (PageKind.MINUTES, PageKind.AGENDA) or FORMAL.search(head)
    if not formal:
        return None
    for name, match in found:
        if name == "full" and match.start() < len(head) and (day := _date(match)) is not None:
            return day
    return None


def _date(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    month = parts["month"]
    try:
        return date(int(parts["year"]), int(month) if month.isdigit() else MONTHS[month.lower()], int(parts["day"]))
    except ValueError:
        return None


def _resolve(name: str, match: re.Match[str], doc: Doc, told: When | None) -> When | None:
    parts = match.groupdict()
    base: date | None = doc._.base
    future = bool(FUTURE.search(match.string[max(0, match.start() - 90) : match.start()].rpartition("\n")[2]))
    match name:
        case "full":
            day = _date(match)
            return on_day(day, DateBasis.TEXT_ABSOLUTE) if day else None
        case "month":
            return When(
                *month_span(int(parts["year"]), MONTHS[parts["month"].lower()]),
                Precision.MONTH,
                DateBasis.TEXT_ABSOLUTE,
            )
        case "year":
            year = int(parts["year"])
            return When(date(year, 1, 1), date(year, 12, 31), Precision.YEAR, DateBasis.TEXT_ABSOLUTE)
        case "season" if parts.get("year"):
            first, last = SEASONS[parts["season"].lower()]
            year = int(parts["year"])
            return When(date(year, first, 1), month_span(year, last)[1], Precision.YEAR, DateBasis.TEXT_ABSOLUTE)
        case "later":
            return _later(parts, told, base)
    if base is None:
        return None
    match name:
        case "day":
            return _day_without_year(int(parts["day"]), MONTHS[parts["month"].lower()], base, future)
        case "named":
            return _month_without_year(MONTHS[parts["month"].lower()], base, (parts["which"] or "").lower(), future)
        case "numeric":
            return _numeric(parts, base)
        case "ordinal":
            return _ordinal(
                int(parts["day"]), told.earliest if told and abs((base - told.earliest).days) < 92 else base
            )
        case "weekend":
            return on_day(base - timedelta(days=(base.weekday() - 5) % 7 or 7), DateBasis.TEXT_RELATIVE)
        case "month of year":
            year = base.year + {"last": -1, "next": 1}.get(parts["which"] or "", 0)
            return When(*month_span(year, MONTHS[parts["month"].lower()]), Precision.MONTH, DateBasis.TEXT_RELATIVE)
        case "weekday":
            return _weekday(WEEKDAYS[parts["weekday"].lower()], base, (parts["which"] or "").lower(), future)
        case "ago":
            way = parts["way"].lower()
            return _shifted(
                told.earliest if told and way != "ago" else base, -_count(parts["number"]), parts["unit"].lower()
            )
        case "season":
            first, last = SEASONS[parts["season"].lower()]
            year = base.year - (
                1 if first > base.month or (parts["which"].lower() == "last" and last >= base.month) else 0
            )
            return When(date(year, first, 1), month_span(year, last)[1], Precision.YEAR, DateBasis.TEXT_RELATIVE)
    return _relative(parts, base)


def _count(number: str) -> int:
    return int(number) if number.isdigit() else NUMBERS[number.lower()]


def _shifted(anchor: date, count: int, unit: str) -> When | None:
    """An anchor moved by days and weeks (to the day, or to the week past one), months or years."""
    try:
        if unit in UNIT_DAYS:
            day = anchor + timedelta(days=count * UNIT_DAYS[unit])
            if unit in ("week", "fortnight") and count < -1:
                return When(*week_span(day), Precision.WEEK, DateBasis.TEXT_RELATIVE)
            return on_day(day, DateBasis.TEXT_RELATIVE)
        if unit == "month":
            index = anchor.year * 12 + anchor.month - 1 + count
            return When(*month_span(index // 12, index % 12 + 1), Precision.MONTH, DateBasis.TEXT_RELATIVE)
        year = anchor.year + count
        return When(date(year, 1, 1), date(year, 12, 31), Precision.YEAR, DateBasis.TEXT_RELATIVE)
    except (ValueError, OverflowError):
        return None


def _later(parts: dict[str, str | None], told: When | None, base: date | None) -> When | None:
    anchor = told.earliest if told else base
    if anchor is None:
        return None
    unit = (parts["unit"] or "").lower()
    which = (parts.get("which") or "").lower()
    count = _count(parts["number"]) if parts.get("number") else {"same": 0, "previous": -1}.get(which, 1)  # type: ignore[arg-type]
    return _shifted(anchor, count, unit)


def _day_without_year(day: int, month: int, base: date, future: bool) -> When | None:
    options = []
    for year in (base.year - 1, base.year, base.year + 1):
        try:
            options.append(date(year, month, day))
        except ValueError:
            continue
    if not options:
        return None

    def cost(option: date) -> float:
        days = (option - base).days
        return days * (1.0 if future else 2.5) if days > 0 else -days * (1.6 if future else 1.0)

    return on_day(min(options, key=cost), DateBasis.TEXT_RELATIVE)


def _numeric(parts: dict[str, str], base: date) -> When | None:
    """Month and day as Americans write them, "9/16"."""
    month, day = int(parts["month"]), int(parts["day"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    try:
        if parts.get("year"):
            return on_day(date(int(parts["year"]), month, day), DateBasis.TEXT_ABSOLUTE)
    except ValueError:
        return None
    return _day_without_year(day, month, base, future=False)


def _ordinal(day: int, near: date) -> When | None:
    """A bare "the 14th" is of the month last told, or of the month before where that would be in the future."""
    for month in (near, near.replace(day=1) - timedelta(days=1)):
        try:
            option = month.replace(day=day)
        except ValueError:
            continue
        if option <= near + timedelta(days=31):
            return on_day(option, DateBasis.TEXT_RELATIVE)
    return None


def _month_without_year(month: int, base: date, which: str, future: bool) -> When:
    year = base.year
    if which == "next" or (future and month < base.month):
        year += month <= base.month
    elif (month > base.month and not (future or which in ("until", "by", "this", "till"))) or (
        month == base.month and which == "last"
    ):
        year -= 1
    return When(*month_span(year, month), Precision.MONTH, DateBasis.TEXT_RELATIVE)


def _weekday(weekday: int, base: date, which: str, future: bool) -> When:
    back = (base.weekday() - weekday) % 7
    if which in ("next", "this coming", "the following") or (future and which not in ("last", "this past")):
        return on_day(base + timedelta(days=7 - back if back else (7 if which else 0)), DateBasis.TEXT_RELATIVE)
    if which == "last" and back == 0:
        back = 7
    return on_day(base - timedelta(days=back), DateBasis.TEXT_RELATIVE)


def _relative(parts: dict[str, str | None], base: date) -> When | None:
    if word := parts.get("word"):
        shift = {"yesterday": -1, "last night": -1, "tomorrow": 1}.get(word.lower(), 0)
        return on_day(base + timedelta(days=shift), DateBasis.TEXT_RELATIVE)
    which, unit = (parts["which"] or "").lower(), (parts["unit"] or "").lower()
    count = {"last": -1, "next": 1}.get(which, 0)
    if unit == "week":
        return When(*week_span(base + timedelta(days=7 * count)), Precision.WEEK, DateBasis.TEXT_RELATIVE)
    return _shifted(base, count, unit)
