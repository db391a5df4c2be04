"""The application that the web server runs."""

import os

from django.core.wsgi import get_wsgi_application

from guitu.rulebook.book import load_national

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guitu.settings.production")
load_national()  # a rulebook that may not be used stops the start here, with file and line
application = get_wsgi_application()
