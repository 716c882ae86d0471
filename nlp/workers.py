"""Reading in several processes: each loads its own pipeline once, results keep the order."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

from config.settings import Settings
from nlp.mention import Document, Reading
from nlp.reader import Reader, batches

BATCH = 16  # documents a task; small enough that the workers finish together
_readers: list[Reader] = []  # one a worker process, made by _start


def _start(settings: Settings) -> None:
    _readers.append(Reader(settings))


def _read(batch: list[Document]) -> list[Reading]:
    return [_readers[0].read(document) for document in batch]


def read_in_processes(settings: Settings, documents: Iterable[Document], workers: int) -> Iterator[Reading]:
    """Readings in order. At most a few batches a worker are held, so that input of any length fits."""
    tasks = batches(documents, BATCH)
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_start, initargs=(settings,)
    ) as pool:
        waiting: list[Future[list[Reading]]] = [pool.submit(_read, batch) for batch in islice(tasks, workers * 3)]
        while waiting:
            yield from waiting.pop(0).result()
            waiting += [pool.submit(_read, batch) for batch in islice(tasks, 1)]
