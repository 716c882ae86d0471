"""The crawl's rules as Scrapy settings."""

from typing import Any

from config.settings import CrawlSettings
from config.sources import Source


def user_agent(options: CrawlSettings) -> str:
    """The user agent with the operator's contact in it."""
    if not options.contact:
        return options.user_agent
    placeholder = "set crawl.contact"
    if placeholder in options.user_agent:
        return options.user_agent.replace(placeholder, options.contact)
    return f"{options.user_agent} (+{options.contact})"


def scrapy_settings(source: Source, options: CrawlSettings) -> dict[str, Any]:
    """Everything that differs from Scrapy's defaults, for the crawl of one source."""
    agent = user_agent(options)
    return {
        "USER_AGENT": agent,
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": agent.partition("/")[0],
        # AutoThrottle lengthens the delay where a server is slow.
        "DOWNLOAD_DELAY": options.delay_seconds,
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": options.delay_seconds,
        "AUTOTHROTTLE_MAX_DELAY": 30.0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
        "CONCURRENT_REQUESTS": 4,  # of one source; those in hand are waited for when time is up
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",  # in the order listed, newest first
        "DOWNLOAD_TIMEOUT": options.timeout_seconds,
        "DOWNLOAD_MAXSIZE": options.max_body_megabytes * 1024 * 1024,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "RETRY_TIMES": 1,
        "RETRY_GIVE_UP_LOG_LEVEL": "INFO",  # the visit tells it
        "REDIRECT_MAX_TIMES": 5,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "MEMUSAGE_ENABLED": False,
        "STATS_DUMP": False,
        "LOGSTATS_INTERVAL": 0,
        # Of our middlewares.
        "SOURCE_PROXY": source.proxy,
        "ALLOW_PRIVATE": source.allow_private,
        "FULL_FETCH_EVERY": options.full_fetch_every,
        # The guard stands before robots.txt is asked for; a retry is decided (550) before a final answer is judged.
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.middlewares.guard.PrivateAddressGuard": 60,
            "crawler.middlewares.softerror.SoftErrors": 530,
            "crawler.middlewares.conditional.ConditionalGet": 540,
            "crawler.middlewares.retryafter.RetryAfter": 560,
            "crawler.middlewares.proxy.SourceProxy": 740,
        },
    }
