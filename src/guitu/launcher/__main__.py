"""``python -m guitu.launcher VERB …``: what ``./guitu`` hands over to, inside the environment."""

import sys

from guitu.launcher.cli import main

sys.exit(main(sys.argv[1:]))
