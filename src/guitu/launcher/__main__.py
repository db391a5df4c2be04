"""``python -m guitu.launcher VERB …``: what ``./guitu`` hands over to, inside the environment."""

import sys

from guitu.launcher.cli import end_in_order, main

end_in_order()
sys.exit(main(sys.argv[1:]))
