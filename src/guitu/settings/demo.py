"""A demonstration installation: synthetic people only, one-click sign-ins, loopback."""

from guitu.settings.base import *  # noqa: F403
from guitu.settings.base import _secret

DEBUG = False
GUITU_DEMONSTRATION = True
GUITU_CODE_SENDER = "guitu.access.senders.FileSender"
SECRET_KEY = _secret("django_key", "django-secret-key")
ALLOWED_HOSTS = ["*"]
