"""The shares from which the generator draws, with their sources (figures.yaml)."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import yaml

_STANDINGS = {"claim", "ours"}


class FigureMissing(KeyError):
    """A share that the generator needs is not in figures.yaml, or is written wrongly; the text names it."""


@lru_cache(maxsize=1)
def shares() -> dict[str, float]:
    """Every figure by its name, a share between 0 and 1. Raises FigureMissing for one without source or standing."""
    told = yaml.safe_load(files("guitu.web.generation").joinpath("figures.yaml").read_text(encoding="utf-8"))
    found: dict[str, float] = {}
    for name, figure in told["figures"].items():
        share = figure.get("share")
        sound = isinstance(share, float) and 0 <= share <= 1 and figure.get("standing") in _STANDINGS
        if not sound or not figure.get("source") or not figure.get("zh"):
            raise FigureMissing(name)
        found[name] = share
    return found
