"""Writing a file whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from config.errors import TwinwatchError

_DISK_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM}


class OutputError(TwinwatchError):
    """A result cannot be written."""


@contextmanager
def written_whole(path: Path) -> Iterator[TextIO]:
    """A text file that appears under its name only when the block ends well; until then the old one stands.

    Raises OutputError where its folder cannot be written or the disk is full.
    """
    target = path.resolve()
    if target.is_dir():
        raise OutputError(f"{path}: is a folder", "Name a file.")
    try:
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}", "Name a file in a folder of yours.") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as output:
            yield output
            output.flush()
            os.fsync(handle)
        Path(draft).chmod(_mode(target))
        Path(draft).replace(target)
    except OSError as error:
        if error.errno not in _DISK_TROUBLE:
            raise
        raise OutputError(f"{path}: cannot be written: {error.strerror}", "The old file, if any, stands.") from error
    finally:
        Path(draft).unlink(missing_ok=True)


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, or what a new one would get; mkstemp's are its owner's alone."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
