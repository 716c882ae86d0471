"""Scrapy downloader middlewares, one concern each; their stats keys start with the concern's name."""
