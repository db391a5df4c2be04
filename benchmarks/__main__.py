"""``python -m benchmarks NAME [--persons N] [--seed S] [--home DIR]`` (with ``PYTHONPATH=src:.``): one measurement.

desks   pages beside their own SQL, in an installation that `demo generate` has filled (made first where missing)
weight  what the first load of a page sends, as the server itself hands it out
access  what the cage costs: row policy beside the same filter without it, whole pages beside themselves without cage
tick    the tick over all open clocks with 1,000 of them newly lapsed, beside the one query that finds them; --clocks N
        fills a province with as many people as have N open steps
ledger  the log: entries a second, proof and verification, beside pymerkle
watch   the audit desk's pages over two months of traces, which are put in once
roster  check and import of a roster, beside reading the sheet and a bare COPY (benchmarks/roster_5000.py)
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.province import ROOT, province

OPEN_CLOCKS = 4_200
"""Open steps of 1,000 generated people: 4,310 to 4,330 were counted."""


def main() -> int:
    """Run the named measurement and print its table; the exit code is 1 where a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=("access", "desks", "tick", "weight", "ledger", "roster", "watch"))
    parser.add_argument("--persons", type=int, default=30_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--clocks", type=int)
    parser.add_argument("--part", default="", choices=("", "statements", "pages", "export"), help="of access alone")
    given = parser.parse_args()
    if given.clocks:
        given.persons = -(-given.clocks * 1_000 // OPEN_CLOCKS)
    home = (given.home or ROOT / "var" / f"benchmark-{given.persons}").resolve()
    if given.name == "roster":
        return subprocess.run([sys.executable, "-m", "benchmarks.roster_5000"], check=False).returncode
    if given.name == "tick":
        from benchmarks import tick

        with province(home, given.persons, given.seed, role="job", moving=True):
            return tick.report(given.clocks or 0)
    if given.name == "ledger":
        from benchmarks import ledger

        with province(home, given.persons, given.seed, role="seq"):
            return ledger.report(given.entries)
    if given.name == "access":
        from benchmarks import access

        with province(home, given.persons, given.seed):
            return access.report(given.requests, given.part)
    if given.name == "weight":
        from benchmarks import weight

        with province(home, given.persons, given.seed):
            return weight.report()
    if given.name == "watch":
        from benchmarks import watch

        with province(home, given.persons, given.seed):
            return watch.report(given.requests)
    from benchmarks import desks

    missed = 0
    print("| page | statements | p50 ms | p95 ms | computing ms | own SQL p95 ms | times own SQL | bar |")
    print("|---|---|---|---|---|---|---|---|")
    with province(home, given.persons, given.seed):
        for page, found, asked in desks.measure(given.requests):
            kept = found.p95 * 1000 <= page.milliseconds and (page.times is None or found.ratio <= page.times)
            missed += not kept
            bar = f"≤ {page.milliseconds} ms" + (f", ≤ {page.times:g} ×" if page.times else "")
            times = [f"{seconds * 1000:.1f}" for seconds in (found.median, found.p95, found.busy, found.beside_p95)]
            print(
                f"| {page.name} | {asked} | {' | '.join(times)} | {found.ratio:.1f} |"
                f" {bar}{'' if kept else ' — missed'} |",
                flush=True,
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
