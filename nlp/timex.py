"""The forms that time expressions take in English prose, earlier ones winning where two compete."""

import calendar
import re

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
NUMBERS = {
    word: n for n, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}
NUMBERS |= {"a": 1, "an": 1}
UNIT_DAYS = {"day": 1, "night": 1, "week": 7, "fortnight": 14}
SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}

_MONTH = rf"(?P<month>{'|'.join([*calendar.month_name[1:], *calendar.month_abbr[1:], 'Sept'])})\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"
_YEAR = r"(?P<year>1[89]\d\d|20[0-4]\d)\b"
_WEEKDAY = rf"(?P<weekday>{'|'.join(calendar.day_name)})\b"
_NUMBER = rf"(?P<number>\d{{1,3}}|{'|'.join(NUMBERS)})"
_UNIT = r"(?P<unit>day|night|week|fortnight|month|year)s?\b"
_SEASON = r"(?P<season>spring|summer|autumn|fall)"
_OPENERS = "last|this past|past|next|this|in|since|until|by|of|during|early|late|mid|from|till|for|to"
_NO_DAY = "century|anniversary|year|district|floor|time|birthday|place"

_ANY_CASE = {"relative", "ago", "later", "weekday", "season"}
FORMS = [
    (name, re.compile(form, re.IGNORECASE if name in _ANY_CASE else 0))
    for name, form in (
        ("full", rf"\b{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)\b"),
        ("full", rf"\b{_MONTH}\s+{_DAY}(?:,\s*|\s+){_YEAR}"),
        ("full", rf"\b{_DAY}(?:\s+of)?\s+{_MONTH},?\s+{_YEAR}"),
        ("full", r"\b(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>(?:19|20)\d\d)\b"),
        ("month", rf"\b{_MONTH}(?:,?\s+(?:of\s+)?){_YEAR}"),
        ("month of year", rf"\b{_MONTH}\s+(?:of\s+)?(?P<which>last|this|next)\s+year\b"),
        ("day", rf"\b{_MONTH}\s+{_DAY}(?!\s*(?:per cent|percent|%|million|euros))"),
        ("day", rf"\b{_DAY}(?:\s+of)?\s+{_MONTH}"),
        ("named", rf"\b(?P<which>(?i:{_OPENERS}))[ -]{_MONTH}(?!\s+(?:be|have|not|also|still|yet|well)\b)"),
        (
            "weekday",
            rf"\b(?:(?P<which>last|next|this|this past|this coming|the following|the previous)\s+)?{_WEEKDAY}",
        ),
        ("ago", rf"\b{_NUMBER}\s+{_UNIT}\s+(?P<way>ago|earlier|before|previously)\b"),
        ("later", rf"\b{_NUMBER}\s+{_UNIT}\s+(?:later|afterwards)\b"),
        ("later", r"\bthe\s+(?P<which>next|following|same|previous)\s+(?P<unit>day|week|month|year)\b"),
        ("ordinal", rf"\b(?:on )?the (?P<day>\d{{1,2}})(?:st|nd|rd|th)\b(?! (?:{_NO_DAY}))"),
        ("numeric", r"(?<![\d/])(?P<month>\d{1,2})/(?P<day>\d{1,2})(?:/(?P<year>20\d\d))?(?![\d/])"),
        ("weekend", r"\b(?:at|over|on) the weekend\b|\blast weekend\b"),
        ("relative", r"\b(?P<word>today|tonight|this (?:morning|afternoon|evening)|yesterday|last night|tomorrow)\b"),
        (
            "relative",
            r"\b(?P<which>last|this past|past|next|this|earlier this|later this|the past)\s+"
            r"(?P<unit>week|month|year)(?:end)?\b",
        ),
        ("season", rf"\b(?:(?P<which>last|this|next|in|in the)\s+)?{_SEASON}(?:\s+of)?\s+{_YEAR}"),
        ("season", rf"\b(?P<which>last|this|this past|next)\s+{_SEASON}\b"),
        ("year", rf"(?<![\d/-]){_YEAR}(?![\d/]|-\d)"),
    )
]

# What stands before an expression.
FUTURE = re.compile(
    r"\b(?:will|shall|next|to be|upcoming|expected|scheduled|due to|due on|goes before|plans? to|is to|are to"
    r"|in time for)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
DATELINE = re.compile(r"^[^a-z\n]{2,40}(?:, [A-Z][\w. ]+)?,? *$")  # "LA PAZ, " before "Oct 5 (Andes Press) —"
OPENS_PAST = re.compile(
    r"\b(?:since|from|dates? (?:back )?(?:to|from)|dating (?:back )?(?:to|from)|goes back to|as long ago as)"
    r"(?: at least| about)?\s*(?:the )?$",
    re.IGNORECASE,
)
OPENS_END = re.compile(r"\b(?:until|till|through|by|to|before|expires?(?: on)?)\s*(?:the )?$", re.IGNORECASE)
# What the head of minutes, agendas and resolutions says.
FORMAL = re.compile(
    r"\b(?:minutes|agenda|meeting of|regular meeting|special meeting|council meeting|resolution no"
    r"|sitting of|session of|proceedings)\b",
    re.IGNORECASE,
)
