"""Settings of the tests: the application role on a clone of the template database."""

import base64
import json
import os

_KEY = base64.b64encode(b"k" * 32).decode()
os.environ.setdefault(
    "GUITU_DATA_KEYS",
    json.dumps({"current": "t1", "keys": {"t1": _KEY}, "blind_index": _KEY, "seal": _KEY}),
)

from guitu.settings.base import *  # noqa: F403, E402

DEBUG = False
GUITU_DEMONSTRATION = True
GUITU_NOTICE_SENDERS = dict.fromkeys(("SMS", "EMAIL"), "guitu.notices.channels.DemonstrationOutbox")
SECRET_KEY = "tests-only"  # nosec B105 # the secret of the tests is none
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
GUITU_PASSKEY_HOST = "localhost"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
GUITU_CODE_COST = 2
