"""Start-up stays light: a page, a worker and a command wait for no library that they do not need (decision 25)."""

import json
import os
import subprocess
import sys

from tests.architecture.source import ROOT

HEAVY = {
    "duckdb", "ibis", "interpret", "numpy", "ortools", "pandas", "playwright", "pyarrow", "scipy", "sklearn", "splink",
    "typst",
}  # fmt: skip
START = """
import django, importlib
django.setup()
from django.conf import settings
importlib.import_module(settings.ROOT_URLCONF)
"""
TELL = "\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))\n"


def loaded_after(start: str) -> set[str]:
    """The top-level packages that a fresh process has loaded after running `start`."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "guitu.settings.test", "PYTHONPATH": str(ROOT / "src")}
    told = subprocess.run(
        [sys.executable, "-c", start + TELL], env=environment, capture_output=True, text=True, check=True, cwd=ROOT
    )
    return {name.split(".")[0] for name in json.loads(told.stdout)}


def test_the_pages_start_without_any_heavy_library():
    loaded = loaded_after(START)
    assert {"django", "guitu"} <= loaded
    assert loaded & HEAVY == set()


def test_a_heavy_library_is_noticed():
    hidden = "import sys, types\nsys.modules['pandas.core'] = types.ModuleType('pandas.core')\n"
    assert loaded_after(START + hidden) & HEAVY == {"pandas"}
