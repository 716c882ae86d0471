"""Answers with status 200 that are no page: challenges, "not found" in a friendly layout, maintenance notices."""

import re
from urllib.parse import urlsplit

from crawler.markup import parse_html, window_title

_PIECES = re.compile(r"\s+[|–—·»]\s+|\s+-\s+|:\s+")

_BLOCKED = re.compile(
    r"just a moment\W*|attention required!?|access (?:to this page has been )?denied|403 forbidden|forbidden"
    r"|are you (?:a robot|human)\?|(?:please )?verify(?:ing)? (?:that )?you are (?:a )?human|human verification"
    r"|checking your browser.*|security check|pardon our interruption\W*|request (?:blocked|rejected|unsuccessful)\.?"
    r"|you have been blocked|bot (?:check|verification)|one more step",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(
    r"(?:error\s+)?404(?:\s+error)?(?:\s+(?:page|file)?\s*not found)?|not found|error|page missing"
    r"|(?:the )?(?:requested )?(?:page|content|file|article|document)(?: you requested)?"
    r" (?:was |could not be |cannot be |can't be |has )?(?:not |been )?(?:found|removed|unavailable)"
    r"|(?:page|content|article) (?:is )?(?:no longer|not) available"
    r"|we (?:can't|can’t|couldn't|couldn’t|could not) find (?:that|the|this) page",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"(?:site |website )?(?:is )?(?:under|down for|undergoing) (?:scheduled )?maintenance|maintenance mode"
    r"|(?:service |site )?temporarily unavailable|service unavailable|we(?:'|’)ll be right back|be right back",
    re.IGNORECASE,
)
# Only on small pages: whole articles carry some of these for their forms and statistics.
_CHALLENGE = re.compile(
    rb"_Incapsula_Resource|cf-chl-|cf_chl_opt|px-captcha|captcha-delivery\.com|/_sec/cp_challenge|awsWafCookieDomainList"
)
_CHALLENGE_BYTES = 20_000
_LOGIN = re.compile(r"/(?:log-?in|sign-?in|sso|auth)(?:[/.?]|$)", re.IGNORECASE)
_HOME = re.compile(r"/?(?:(?:index|default|home)(?:\.\w+)?/?)?", re.IGNORECASE)


def soft_error(body: bytes, *, is_html: bool, asked: str, given: str) -> str | None:
    """Why an answer is no page, in words; None where it may be one.

    asked, given: the address that was asked for, and the one that answered after redirects.
    """
    if not body.strip():
        return "empty body"
    if moved := _moved_away(asked, given):
        return moved
    if not is_html:
        return None
    if len(body) < _CHALLENGE_BYTES and _CHALLENGE.search(body):
        return "block page"
    return _told_by_title(body)


def _moved_away(asked: str, given: str) -> str | None:
    before, after = urlsplit(asked), urlsplit(given)
    if before.path != after.path and _LOGIN.search(after.path):
        return "login page"
    if _HOME.fullmatch(after.path) and not after.query and not _HOME.fullmatch(before.path):
        return "soft 404: sent to the home page"
    return None


def _told_by_title(body: bytes) -> str | None:
    """What a piece of the title says by itself: "Page not found | City" tells, "Old treaty not found" does not."""
    tree = parse_html(body[:50_000].decode("utf-8", "replace"))
    title = "" if tree is None else window_title(tree)
    for piece in [title, *_PIECES.split(title)]:
        bare = piece.strip(" .!")
        if _BLOCKED.fullmatch(bare):
            return "block page"
        if _NOT_FOUND.fullmatch(bare):
            return "soft 404"
        if _DOWN.fullmatch(bare):
            return "maintenance page"
    return None
