from pathlib import Path

from tests.twinwatch.conftest import Cli


def test_an_empty_data_folder_is_prepared(cli: Cli, data_dir: Path) -> None:
    ill = cli("doctor")
    assert ill.returncode == 1
    assert f"broken database        {data_dir}/twinwatch.db does not exist" in ill.stdout
    assert "Run twinwatch doctor --prepare." in ill.stdout
    assert not (data_dir / "twinwatch.db").exists()
    well = cli("doctor", "--prepare")
    assert "database        " in well.stdout
    assert "0 events, no run so far" in well.stdout
    assert "official weights" in well.stdout
    assert "broken database" not in well.stdout


def test_what_is_broken_is_told_with_its_remedy(cli: Cli, data_dir: Path, tmp_path: Path) -> None:
    (data_dir / "gazetteer.db").write_bytes(b"no gazetteer")
    (data_dir / "twinwatch.db").write_bytes(b"no database" * 500)
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "sources.toml").write_text("[[source]]\nname = 'a'\n")
    done = cli("doctor", TWINWATCH_CONFIG=str(folder), TWINWATCH_NLP__MODEL="en_core_web_huge")
    assert done.returncode == 1
    for line in (
        "broken language model  en_core_web_huge is not installed",
        f"broken sources         {folder}/sources.toml, line 1: source a: key spider is missing",
        f"broken gazetteer       {data_dir}/gazetteer.db: not a gazetteer: file is not a database",
        f"broken database        {data_dir}/twinwatch.db: file is not a database",
    ):
        assert line in done.stdout
    assert "Traceback" not in done.stderr
