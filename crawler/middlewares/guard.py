"""Keep out of private networks: an address in a feed or a redirect must not read what only this machine can."""

import asyncio
import socket
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.statscollectors import StatsCollector

from crawler.refusals import Rejected

REASON = "private address"


class PrivateAddressGuard:
    """Refuses loopback, link-local and private addresses, unless the source has allow_private.

    A name is resolved and every address it has is checked. Since the name could resolve to another one a moment later,
    the address that answered is checked again. Behind a proxy, which resolves by itself, only literal addresses are.
    Stats: guard/refused.
    """

    def __init__(self, behind_proxy: bool, stats: StatsCollector) -> None:
        self.behind_proxy = behind_proxy
        self.stats = stats
        self.verdicts: dict[str, bool] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if crawler.settings.getbool("ALLOW_PRIVATE"):
            raise NotConfigured
        return cls(bool(crawler.settings.get("SOURCE_PROXY")), crawler.stats)

    async def process_request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        if host not in self.verdicts:
            self.verdicts[host] = await is_private(host, literal_only=self.behind_proxy)
        if self.verdicts[host]:
            self._refuse()

    def process_response(self, request: Request, response: Response) -> Response:
        if response.ip_address and not request.meta.get("proxy") and not ip_address(str(response.ip_address)).is_global:
            self._refuse()
        return response

    def _refuse(self) -> None:
        self.stats.inc_value("guard/refused")
        raise Rejected(REASON)


async def is_private(host: str, *, literal_only: bool = False) -> bool:
    """Whether any address of a host is not a public one. Odd spellings (127.1, 0x7f000001) count as what they mean.

    A host that does not resolve is not private: asking it fails with a better reason.
    """
    flags = socket.AI_NUMERICHOST if literal_only else 0
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=flags)
    except (OSError, UnicodeError):
        return False
    return any(not _is_global(str(address[0])) for *_, address in found)


def _is_global(address: str) -> bool:
    parsed = ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_global
