"""HTML as a tree: its main part, its title, its text in paragraphs."""

import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from lxml.html import HTMLParser, document_fromstring  # type: ignore[import-untyped]

# An lxml element; lxml comes without types.
Element = Any

_FURNITURE = (
    "//nav | //aside | //form | //script | //style | //noscript | //template | //select | //button"
    " | //footer[not(ancestor::article)] | //header[not(ancestor::article or ancestor::main)]"
    " | //*[@role='navigation' or @role='banner' or @role='contentinfo' or @role='search' or @role='complementary']"
)
_FURNITURE_NAME = re.compile(
    r"(?:^|[\s_-])(?:menu|nav|navbar|navigation|breadcrumbs?|footer|sidebar|cookies?|shar(?:e|ing)|social|related"
    r"|pagination|pager|newsletter|skip|advert)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_BLOCKS = re.compile(
    r"address|article|blockquote|body|caption|center|d[dlt]|details|div|figcaption|figure|footer|h[1-6r]|header|li|main"
    r"|[ou]l|p|pre|section|summary|table|tbody|tfoot|thead|tr"
)
_CELLS = frozenset(("td", "th"))
# A line break in the source is a space; only a block or two <br> part paragraphs.
_SPACE = re.compile(r"\s+")
_SITE_NAME = re.compile(r"\s+[|–—·»:]\s+|\s+-\s+")


def parse_html(html: str) -> Element | None:
    """The tree of a page; None where there is nothing to parse."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return None


def main_part(html: str) -> Element | None:
    """The page without menus, footers, forms and asides: its <main>, its only <article>, or what is left of it.

    Parses anew, since it prunes the tree that it gives.
    """
    tree = parse_html(html)
    if tree is None:
        return None
    for element in [*tree.xpath(_FURNITURE), *_named_furniture(tree)]:
        if element.getparent() is not None:
            element.drop_tree()
    mains = [one for one in tree.xpath("//main | //*[@role='main']") if one.text_content().strip()]
    articles = tree.xpath("//article")
    bodies = tree.xpath("//body")
    return (mains or (articles if len(articles) == 1 else []) or bodies or [tree])[0]


def _named_furniture(tree: Element) -> list[Element]:
    """Elements called sidebar, menu, share, ...; unless they hold the content ("page-with-sidebar", "nav-content")."""
    whole = len(tree.text_content())
    named = tree.xpath("//body//*[@class or @id][not(descendant-or-self::h1 or descendant-or-self::main)]")
    return [
        element
        for element in named
        if _FURNITURE_NAME.search(f"{element.get('class', '')} {element.get('id', '')}")
        and not element.xpath("descendant-or-self::article")
        and (2 * len(element.text_content()) < whole or _mostly_links(element))
    ]


def _mostly_links(element: Element) -> bool:
    links = sum(len(link.text_content()) for link in element.xpath("descendant-or-self::a"))
    return bool(4 * links > 3 * len(element.text_content()))


def block_text(element: Element) -> str:
    """The text of an element, one paragraph a block, a table row being one; paragraphs parted by a blank line."""
    pieces: list[str] = []
    _collect(element, pieces)
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n\s*\n", "".join(pieces)))
    return "\n\n".join(part for part in paragraphs if part)


def _collect(element: Element, pieces: list[str]) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""
    block = bool(_BLOCKS.fullmatch(tag))
    pieces.append("\n\n" if block else "\n" if tag == "br" else " " if tag in _CELLS else "")
    pieces.append(_SPACE.sub(" ", element.text or ""))
    for child in element:
        _collect(child, pieces)
        pieces.append(_SPACE.sub(" ", child.tail or ""))
    pieces.append("\n\n" if block else " " if tag in _CELLS else "")


def title_of(tree: Element) -> str:
    """The headline: og:title, else the only <h1>, else <title> without the site's name."""
    for title in tree.xpath("//meta[@property='og:title' or @name='og:title']/@content"):
        if title.strip():
            return " ".join(title.split())
    headings = [" ".join(h1.text_content().split()) for h1 in tree.xpath("//body//h1")]
    if len(headings) == 1 and headings[0]:
        return headings[0]
    return _SITE_NAME.split(window_title(tree))[0].strip()


def window_title(tree: Element) -> str:
    """What <title> holds."""
    return " ".join(" ".join(tree.xpath("//head/title//text()")).split())
