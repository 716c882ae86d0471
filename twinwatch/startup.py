"""The settings and the log, set up once by each command."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from config.settings import Settings


def open_settings(flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> "Settings":
    """The settings in force, and logging on standard error at their level."""
    import os

    from config.settings import load_settings

    settings = load_settings(flags, os.environ if environ is None else environ)
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    return settings
