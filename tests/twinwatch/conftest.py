import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from config.settings import load_settings
from config.vocabulary import Action, DateBasis, Precision, Stage
from nlp.gazetteer import ready_gazetteer
from nlp.mention import City, EvidenceSpan, TieMention

Cli = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def gazetteer_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiled gazetteer: that of `make setup`, or one built for this session."""
    path = load_settings().gazetteer_path
    if not path.exists():
        path = tmp_path_factory.mktemp("gazetteer") / "gazetteer.db"
    ready_gazetteer(path)
    return path


@pytest.fixture
def data_dir(tmp_path: Path, gazetteer_file: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(gazetteer_file, folder / "gazetteer.db")
    return folder


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Runs `twinwatch ARGS` in a process of its own, with its data in tmp_path/data."""

    def run(*args: object, stdin: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TWINWATCH_")}
        environ = {**kept, "TWINWATCH_DATA": str(tmp_path / "data"), **variables}
        command = [sys.executable, "-m", "twinwatch", *map(str, args)]
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, env=environ, cwd=tmp_path, check=False
        )

    return run


TALLAHASSEE = City("Tallahassee", "Florida", "US", 4174715)
KRASNODAR = City("Krasnodar", None, "RU", 542420)
CHICAGO = City("Chicago", "Illinois", "US", 4887398)
A_RUSSIAN_CITY = City(None, None, "RU")


@pytest.fixture
def severed() -> TieMention:
    return TieMention(
        city_a=TALLAHASSEE,
        city_b=KRASNODAR,
        action=Action.SEVER,
        stage=Stage.ENACTED,
        date=date(2022, 3, 9),
        date_precision=Precision.DAY,
        earliest=date(2022, 3, 9),
        latest=date(2022, 3, 9),
        date_basis=DateBasis.TEXT_RELATIVE,
        actor="City Council",
        vote="unanimous",
        evidence="The council voted to cut its ties with Krasnodar [all in favour]",
        spans=(EvidenceSpan("trigger", 12, 24, "voted to cut"), EvidenceSpan("city_b", 40, 49, "Krasnodar")),
        confidence=0.91234,
        rules=("sever.cut", "vote.unanimous"),
    )


@pytest.fixture
def suspended() -> TieMention:
    return TieMention(
        city_a=CHICAGO,
        city_b=A_RUSSIAN_CITY,
        action=Action.SUSPEND,
        stage=Stage.PROPOSED,
        date=date(2022, 3, 1),
        date_precision=Precision.MONTH,
        earliest=date(2022, 3, 1),
        latest=date(2022, 3, 31),
        date_basis=DateBasis.PUBLICATION,
        actor=None,
        vote=None,
        evidence="Chicago may put the tie to its Russian sister city on hold",
        spans=(),
        confidence=0.5,
        rules=("suspend.hold",),
        background=True,
    )
