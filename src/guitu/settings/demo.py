"""A demonstration installation: synthetic people only, one-click sign-ins, loopback."""

from guitu.settings.base import *  # noqa: F403
from guitu.settings.base import _secret

DEBUG = False
GUITU_DEMONSTRATION = True
# Nothing leaves a demonstration: what would be sent stands in the table notices_outbox.
GUITU_NOTICE_SENDERS = dict.fromkeys(("SMS", "EMAIL"), "guitu.notices.channels.DemonstrationOutbox")
SECRET_KEY = _secret("django_key", "django-secret-key")
ALLOWED_HOSTS = ["*"]
GUITU_PASSKEY_HOST = "localhost"
