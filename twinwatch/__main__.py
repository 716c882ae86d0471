"""The command `twinwatch`."""

import os
import sys

# Read when numpy loads: the small products of the encoder's heads lose by threads, and workers are processes.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from config.errors import TwinwatchError
from twinwatch.cli import app


def main() -> None:
    """Run the command line. A TwinwatchError becomes one line, its hint a second; no traceback."""
    try:
        app(prog_name="twinwatch")
    except TwinwatchError as error:
        print(f"twinwatch: {error}", file=sys.stderr)
        if error.hint:
            print(f"  {error.hint}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
