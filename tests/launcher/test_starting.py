"""What the web process loads before it answers: every page, and nothing that only few requests need."""

import os
import subprocess
import sys

HEAVY = ("openpyxl", "webauthn", "pypinyin", "typst")
PROBE = "import sys, gc, guitu.web.wsgi; print(gc.isenabled()); print(*sorted(m for m in sys.modules if '.' not in m))"


def loaded() -> tuple[bool, set[str]]:
    """Whether garbage is collected again, and the packages loaded once the application stands; no database is asked."""
    left_out = {"GUITU_DB_HOST", "GUITU_DB_PORT", "GUITU_DB_NAME"}
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    env |= {"DJANGO_SETTINGS_MODULE": "guitu.settings.test"}
    told = subprocess.run([sys.executable, "-P", "-c", PROBE], env=env, capture_output=True, text=True, check=True)
    collecting, packages = told.stdout.splitlines()
    return collecting == "True", set(packages.split())


def test_the_pages_are_loaded_before_the_workers_are_forked_and_what_few_need_is_not() -> None:
    collecting, packages = loaded()
    assert collecting
    assert "ninja" in packages  # the interface's addresses: so the pages are there (control for the line below)
    assert not packages & set(HEAVY)
