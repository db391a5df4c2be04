import os
from pathlib import Path

import pytest

from guitu.launcher import environment, stamps, translations
from guitu.launcher.assets import fonts_folder, frontend_hash, is_current


def tree(root: Path) -> Path:
    (root / "people" / "migrations").mkdir(parents=True)
    (root / "people" / "migrations" / "0001_initial.py").write_text("a = 1\n")
    (root / "rulebook.yaml").write_text("rule: 1\n")
    (root / "web" / "templates").mkdir(parents=True)
    (root / "web" / "templates" / "page.html").write_text("<p>")
    return root


def test_the_same_sources_give_the_same_hash_wherever_they_lie(tmp_path: Path) -> None:
    assert stamps.sources_hash(tree(tmp_path / "one")) == stamps.sources_hash(tree(tmp_path / "two with space"))


def test_a_changed_added_or_renamed_source_changes_the_hash_and_a_template_does_not(tmp_path: Path) -> None:
    root = tree(tmp_path / "tree")
    hashes = [stamps.sources_hash(root)]
    (root / "people" / "migrations" / "0001_initial.py").write_text("a = 2\n")
    hashes.append(stamps.sources_hash(root))
    (root / "people" / "migrations" / "0002_more.py").write_text("")
    hashes.append(stamps.sources_hash(root))
    (root / "rulebook.yaml").rename(root / "rules.yaml")
    hashes.append(stamps.sources_hash(root))
    assert len(set(hashes)) == 4
    (root / "web" / "templates" / "page.html").write_text("<b>")
    assert stamps.sources_hash(root) == hashes[-1]


def test_a_stamp_is_absent_until_it_is_written_whole(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    assert stamps.read_stamp(stamp) is None
    stamps.write_stamp(stamp, "abc")
    stamps.write_stamp(stamp, "def")
    assert stamps.read_stamp(stamp) == "def"
    assert os.listdir(tmp_path) == ["stamp"]


def environment_tree(root: Path) -> Path:
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").write_text("")
    (root / "requirements.lock").write_text("django==1\n")
    return root


def test_an_environment_is_current_only_when_completed_from_this_very_lock(tmp_path: Path) -> None:
    root = environment_tree(tmp_path / "a tree")
    assert not environment.is_current(root)
    stamps.write_stamp(root / ".venv" / environment.STAMP, environment.wanted_stamp(root))
    assert environment.is_current(root)
    (root / "requirements.lock").write_text("django==2\n")
    assert not environment.is_current(root)


def test_an_environment_whose_python_vanished_is_not_current(tmp_path: Path) -> None:
    root = environment_tree(tmp_path / "a tree")
    stamps.write_stamp(root / ".venv" / environment.STAMP, environment.wanted_stamp(root))
    (root / ".venv" / "bin" / "python").unlink()
    (root / ".venv" / "bin" / "python").symlink_to(tmp_path / "gone")
    assert not environment.is_current(root)


def test_assets_are_current_until_a_source_of_the_frontend_changes_and_packages_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "frontend" / "node_modules").mkdir(parents=True)
    (tmp_path / "frontend" / "build.mjs").write_text("1")
    built = tmp_path / "src" / "guitu" / "web" / "static" / "built"
    built.mkdir(parents=True)
    assert not is_current(tmp_path)
    stamps.write_stamp(built / ".frontend.sha256", frontend_hash(tmp_path))
    assert not is_current(tmp_path), "the fonts of the documents come with the assets"
    fonts_folder(tmp_path).mkdir(parents=True)
    assert is_current(tmp_path)
    (tmp_path / "frontend" / "node_modules" / "x.js").write_text("1")
    assert is_current(tmp_path)
    (tmp_path / "frontend" / "build.mjs").write_text("2")
    assert not is_current(tmp_path)


def test_a_catalogue_is_compiled_when_its_source_is_newer_and_only_then(tmp_path: Path) -> None:
    folder = tmp_path / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "归途"\nmsgstr "The way home"\n',
        encoding="utf-8",
    )
    assert translations.compile_changed(tmp_path) == [folder / "django.mo"]
    assert b"The way home" in (folder / "django.mo").read_bytes()
    assert translations.compile_changed(tmp_path) == []
    newer = (folder / "django.mo").stat().st_mtime + 10
    os.utime(folder / "django.po", (newer, newer))
    assert translations.compile_changed(tmp_path) == [folder / "django.mo"]


def test_bytecode_is_kept_beside_the_environment_even_where_the_caller_forbids_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    env = environment.house_environment(tmp_path)
    assert env["PYTHONPYCACHEPREFIX"] == str(tmp_path / ".venv" / "bytecode")
    assert not {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"} & env.keys()


def test_every_way_in_builds_the_assets_before_the_catalogues() -> None:
    # With the assets come the fonts of papers: a fresh tree whose first command generates people failed without them.
    ways = {
        path.name: path.read_text(encoding="utf-8").split("\n")
        for path in sorted(Path(stamps.__file__).parent.glob("*.py"))
        if "translations.compile_changed(" in path.read_text(encoding="utf-8")
    }
    assert {"generating.py", "preparation.py", "suite.py", "supervisor.py"} == set(ways)
    for name, lines in ways.items():
        first = next(number for number, line in enumerate(lines) if "translations.compile_changed(" in line)
        assert "assets.build(" in lines[first - 1], name
