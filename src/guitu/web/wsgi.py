"""The application that the web server runs; loaded once, before the workers are forked, with every page in it."""

import gc
import os
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from guitu.rulebook.book import load_national
from guitu.web.memory import settle

gc.disable()  # nothing that is loaded below is garbage; looking for some takes time
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.production")
load_national()  # a rulebook that may not be used stops the start here, with file and line
application = get_wsgi_application()
application = import_module("guitu.web.legible").in_our_characters(application)
import_module(settings.ROOT_URLCONF)  # else each worker would load the pages at its first request
if settings.GUITU_DEMONSTRATION and os.environ.get("GUITU_SIGN_INS"):
    from guitu.web import demonstration
    from guitu.web.clock import now

    # For the launcher, which prints them: a process of its own would set everything up a second time.
    Path(os.environ["GUITU_SIGN_INS"]).write_text(demonstration.sign_ins_as_text(at=now()), encoding="utf-8")
settle()
