"""The tick at moments that are told line by line on standard input, as guitu_job; answers each with a line."""

from __future__ import annotations

import os
import sys
from datetime import datetime

os.environ["GUITU_ROLE"] = "job"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.demo")

from guitu.web.tick import run_once


def main() -> int:
    """Run the tick once for each ISO 8601 moment; returns the exit code."""
    for line in sys.stdin:
        done = run_once(at=datetime.fromisoformat(line.strip()))
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
