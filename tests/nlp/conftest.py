"""One Reader for all reading tests: loading it costs two seconds."""

import pytest

from config.settings import load_settings
from nlp.reader import Reader


@pytest.fixture(scope="session")
def reader(tmp_path_factory):
    return Reader(load_settings())
