import os
import stat
from pathlib import Path

import pytest

from twinwatch.files import OutputError, written_whole


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "events.jsonl"
    with written_whole(target) as output:
        output.write("one\n")
        assert not target.exists()
    assert target.read_text() == "one\n"
    assert os.listdir(tmp_path) == ["events.jsonl"]  # noqa: PTH208


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "events.jsonl"
    target.write_text("old\n")
    with pytest.raises(RuntimeError), written_whole(target) as output:
        output.write("new\n")
        raise RuntimeError
    assert target.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [target]


def test_permissions_are_those_of_the_file_that_is_replaced(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("")
    old.chmod(0o640)
    for path in (old, new):
        with written_whole(path) as output:
            output.write("x")
    plain = tmp_path / "plain"
    plain.write_text("")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_link_keeps_pointing_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    link = tmp_path / "link"
    link.symlink_to("real")
    with written_whole(link) as output:
        output.write("new")
    assert link.is_symlink()
    assert (tmp_path / "real").read_text() == "new"


@pytest.mark.parametrize(
    ("name", "problem"),
    [("missing/events.jsonl", "cannot be written: No such file or directory"), (".", "is a folder")],
)
def test_what_cannot_be_written_is_told(tmp_path: Path, name: str, problem: str) -> None:
    target = tmp_path / name
    with pytest.raises(OutputError) as raised, written_whole(target):
        pass
    assert str(raised.value) == f"{target}: {problem}"
