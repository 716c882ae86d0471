"""`make bench`: speed and memory on this machine, beside what they should be."""

import os
import platform
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in twinwatch.__main__, whose speed is measured

from benchmarks.startup import MEMORY_TARGET_MEGABYTES, Figure, startup_figures, workers_figure
from twinwatch.tables import print_rows
from twinwatch.terminal import note


def main() -> None:
    """Measure and print. Targets that are missed are told, not punished: machines differ."""
    started, (busy, _, _) = time.monotonic(), os.getloadavg()
    note("measuring, about three minutes ...")
    # Commands first: Linux counts the memory of the process that starts a child as the child's own.
    figures = [*startup_figures(), workers_figure()]
    from benchmarks.pipeline import pipeline_figures  # noqa: PLC0415

    figures += pipeline_figures()
    rows = [_row(figure) for figure in figures]
    peak = max(figure.megabytes or 0 for figure in figures)
    rows.append(_row(Figure("most memory of all of these", peak, "MB", MEMORY_TARGET_MEGABYTES)))
    print_rows(("measured", "value", "target", "met", "peak memory"), rows, right=(1, 2, 4))
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"\n{machine}, {busy:.1f} of them busy before; {time.monotonic() - started:.0f} s")


def _row(figure: Figure) -> tuple[str, ...]:
    sign = "<=" if figure.at_most else ">="
    digits = 0 if figure.value >= 100 else 2
    value = f"{figure.value:.{digits}f} {figure.unit}".rstrip()
    target = f"{sign} {figure.target:g} {figure.unit}".rstrip()
    memory = "" if figure.megabytes is None else f"{figure.megabytes:.0f} MB"
    return figure.what, value, target, "yes" if figure.met else "no", memory


if __name__ == "__main__":
    main()
