"""What the launcher says on the terminal: Chinese first, English beside it. Standard library only."""

import sys


class LauncherError(Exception):
    """A condition the launcher cannot cure by itself; carries what is wrong and the remedy in both languages."""

    def __init__(self, zh: str, en: str, *, exit_code: int = 1) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.exit_code = exit_code


def say(zh: str, en: str) -> None:
    """Write one message on standard output, Chinese line first, and flush it."""
    sys.stdout.write(f"{zh}\n{en}\n" if "\n" in zh else f"{zh}  ·  {en}\n")
    sys.stdout.flush()


def complain(error: LauncherError) -> int:
    """Write an error on standard error in both languages; returns the exit code it stands for."""
    sys.stderr.write(f"错误:{error.zh}\nError: {error.en}\n")
    sys.stderr.flush()
    return error.exit_code
