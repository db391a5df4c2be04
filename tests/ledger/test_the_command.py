"""`./guitu ledger …` and `./guitu verify`: what they print, and with which exit code they refuse."""

import base64
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.conftest import ROOT
from tests.ledger.test_the_log import KEY, act, grow, some_entry

SEED = base64.b64encode(KEY.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())).decode()


def run(house, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The verb as whoever sits at the machine runs it."""
    env = os.environ | {"GUITU_DB_NAME": house.database, "PYTHONPATH": str(ROOT / "src"), "GUITU_SECRET_LOG_KEY": SEED}
    env |= {"GUITU_LOG_ORIGIN": "guitu/tests", "DJANGO_SETTINGS_MODULE": "guitu.settings.test"}
    command = [sys.executable, "-P", "-m", "guitu.web.command_line", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False, cwd=ROOT)


def verify(place: Path, *options: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The verb as anybody runs it, wherever the bundle was carried."""
    command = [sys.executable, "-P", "-m", "guitu.web.command_line", "verify", str(place), *options]
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


def test_an_act_is_proved_on_the_machine_and_verified_elsewhere_without_a_database(house, tmp_path: Path) -> None:
    act(house, 2)
    entry = None
    with house.role("guitu_owner") as door:
        entry = door.execute("SELECT entry_id FROM ledger_pending LIMIT 1").fetchone()[0]
    early = run(house, "ledger", "prove", str(entry))
    assert (early.returncode, "尚待编入日志" in early.stderr) == (2, True)
    grow()
    place = tmp_path / "凭证.json"
    assert run(house, "ledger", "prove", str(some_entry(house)), "--to", str(place)).returncode == 0
    policy = tmp_path / "policy"
    policy.write_text(run(house, "ledger", "policy").stdout, encoding="utf-8")
    alone = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")}
    shown = json.loads(verify(place, "--json", env=alone).stdout)
    assert (shown["holds"], shown["witnessed"], shown["policy"], shown["content"]) == (True, False, "bundle", None)
    trusted = verify(place, "--policy", str(policy), env=alone)
    assert (trusted.returncode, "核验通过" in trusted.stdout, "未见证" in trusted.stdout) == (0, True, True)
    place.write_text(place.read_text(encoding="utf-8").replace("guitu-entry/1", "guitu-entry/1 "), encoding="utf-8")
    bent = verify(place, env=alone)
    assert (bent.returncode, "核验不通过" in bent.stderr) == (2, True)


def test_the_audit_counts_and_names_what_is_wrong(house) -> None:
    assert run(house, "ledger", "checkpoint").returncode == 1
    act(house, 1)
    grow()
    assert "guitu/tests\n" in run(house, "ledger", "checkpoint").stdout
    whole = run(house, "ledger", "audit", "--json")
    assert (whole.returncode, json.loads(whole.stdout)["wrong"]) == (0, [])
    entry = some_entry(house)
    with house.role("postgres") as door:
        door.execute("SET session_replication_role = replica")
        door.execute("UPDATE ledger_payload SET canonical = canonical || ' ' WHERE entry_id = %s", (entry,))
    broken = run(house, "ledger", "audit")
    assert broken.returncode == 1
    assert f"CONTENT_CHANGED\t{entry}" in broken.stdout
    assert run(house, "ledger", "prove", str(uuid.UUID(int=1))).returncode == 2


@pytest.mark.parametrize("text", ["", "{}", "not json", "\x00"])
def test_a_file_that_is_no_bundle_is_refused(tmp_path: Path, text: str) -> None:
    place = tmp_path / "file"
    place.write_text(text, encoding="utf-8")
    command = [sys.executable, "-P", "-m", "guitu.web.command_line", "verify", str(place)]
    answer = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, check=False
    )
    assert (answer.returncode, "核验不通过" in answer.stderr) == (2, True)
