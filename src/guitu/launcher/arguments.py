"""The arguments of the launcher's verbs: what is wrong with them is told in both languages and ends with 1.

Standard library only.
"""

import argparse
import datetime
import sys
from typing import Any, NoReturn

from guitu.launcher.speech import LauncherError

LAST_PORT = 65535


class Arguments(argparse.ArgumentParser):
    """The parser of one verb; a word is never guessed from its first letters, of the verbs under it neither."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"allow_abbrev": False, **given})

    def error(self, message: str) -> NoReturn:
        """Print the usage and raise LauncherError; exit code 2 is kept for what is refused (docs/cli.md)."""
        self.print_usage(sys.stderr)
        raise LauncherError(f"命令用法不对:{message}", f"Wrong usage: {message}")


def day(word: str) -> datetime.date:
    """A legal day, as YYYY-MM-DD; argparse tells the error's text."""
    try:
        return datetime.date.fromisoformat(word)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word!r}: YYYY-MM-DD") from None


def port_number(word: str) -> int:
    """A port on which something can listen; argparse tells the ValueError's text."""
    if not (word.isascii() and word.isdecimal() and 1 <= int(word) <= LAST_PORT):
        raise argparse.ArgumentTypeError(f"{word!r}: 1–{LAST_PORT}")
    return int(word)
