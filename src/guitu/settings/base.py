"""Settings common to demonstration, test and production installations."""

from __future__ import annotations

import os
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("GUITU_HOME", SOURCE.parent.parent / "var")).resolve()


def _secret(name: str, file: str) -> str:
    """The secret `name`: from the environment (``GUITU_SECRET_<NAME>``) or from ``GUITU_HOME/keys/<file>``.

    Raises RuntimeError naming both places if neither holds it.
    """
    from_environment = os.environ.get(f"GUITU_SECRET_{name.upper()}")
    if from_environment:
        return from_environment
    path = HOME / "keys" / file
    if path.is_file():
        return path.read_text(encoding="ascii").strip()
    raise RuntimeError(f"secret {name} is neither in GUITU_SECRET_{name.upper()} nor in {path}")


INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django_cotton",
    "guitu.ledger",
    "guitu.access",
    "guitu.notices",
    "guitu.people",
    "guitu.journeys",
    "guitu.exchange",
    "guitu.papers",
    "guitu.handover",
    "guitu.prison",
    "guitu.support",
    "guitu.evaluation",
    "guitu.rights",
    "guitu.web",
]

MIDDLEWARE = [
    # First, so that every answer passes it, also one that another middleware gives.
    "guitu.web.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "guitu.web.legible.Legible",
    "guitu.web.asked.Asked",
    "guitu.web.gate.Gate",
]

ROOT_URLCONF = "guitu.web.addresses"
WSGI_APPLICATION = "guitu.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SOURCE / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csrf",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django_cotton.cotton_loader.Loader", "django.template.loaders.filesystem.Loader"],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.i18n"],
        },
    }
]

# The role decides what the database lets this process do (access/cage.yaml): app for pages, job for the tick,
# owner only for migrate and compile.
DATABASE_ROLE = os.environ.get("GUITU_ROLE", "app")
DATABASES = {
    "default": {
        "ENGINE": "guitu.access.database",
        "NAME": os.environ.get("GUITU_DB_NAME", "guitu"),
        "HOST": os.environ.get("GUITU_DB_HOST", ""),
        "PORT": os.environ.get("GUITU_DB_PORT", ""),
        "USER": f"guitu_{DATABASE_ROLE}",
        "PASSWORD": _secret(f"guitu_{DATABASE_ROLE}", f"guitu_{DATABASE_ROLE}.password")
        if os.environ.get("GUITU_DB_HOST")
        else "",
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        # No prepared plans: a generic plan keeps the range it was made for and would turn "no token" into "no rows".
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": None},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
# What codes of a few signs cost whoever would try them all against a stolen database (scrypt, N).
GUITU_CODE_COST = 2**14
# Where the journal is sent as well (syslog over TLS, tls://host:port): its authorities and an own certificate with key,
# both PEM; how many lines of a process wait while it does not answer, and after how many seconds it is tried again.
_SENT = (
    {
        "sent": {
            "()": "guitu.web.sent_journal.Sent",
            "to": os.environ.get("GUITU_LOG_TO", ""),
            "ca": os.environ.get("GUITU_LOG_CA", ""),
            "certificate": os.environ.get("GUITU_LOG_CERTIFICATE", ""),
            "most": 10_000,
            "again": 5.0,
        }
    }
    if any(os.environ.get(name) for name in ("GUITU_LOG_TO", "GUITU_LOG_CA", "GUITU_LOG_CERTIFICATE"))
    else {}
)
# The journal: one line of JSON for each event, in UTC, without the text of errors. Django's own words name addresses
# and are left out, but for what it turned away (django.security: forged forms, foreign hosts).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "guitu.web.journal.Line"}},
    "handlers": {
        "journal": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
        **_SENT,
    },
    "loggers": {
        "django": {"handlers": ["nowhere"], "level": "WARNING", "propagate": False},
        "django.security": {"handlers": ["journal", *_SENT], "level": "WARNING", "propagate": False},
    },
    "root": {"handlers": ["journal", *_SENT], "level": "WARNING"},
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [SOURCE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [SOURCE / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "guitu.web.refusals.csrf_failed"

# Uploads stay in memory: nothing personal reaches a temporary file.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 26 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 26 * 1024 * 1024

GUITU_DEMONSTRATION = False
GUITU_COOKIES_SECURE = False
# How an installation runs, not what the law says: sessions, lock-out, drafts.
GUITU_SESSION_HOURS = 8
GUITU_IDLE_MINUTES = 30
GUITU_SIGN_IN_TRIES = 5
GUITU_LOCK_MINUTES = 15
GUITU_ADDRESS_TRIES = 30
GUITU_ADDRESS_MINUTES = 15
GUITU_ENTERING_MINUTES = 10
# Which profile of rulebook/data/sign_in passwords follow, and the roles that must have a second factor on top of those
# of its factors.yaml (in a demonstration these alone).
GUITU_PASSWORD_PROFILE = os.environ.get("GUITU_PASSWORD_PROFILE", "djbh3")
GUITU_SECOND_FACTOR_ROLES = [role for role in os.environ.get("GUITU_SECOND_FACTOR_ROLES", "").split(",") if role]
# The host name that passkeys are bound to (no IP address); another name later makes all of them useless. Empty: none.
GUITU_PASSKEY_HOST = os.environ.get("GUITU_PASSKEY_HOST", "")
# Behind a reverse proxy the browser's address is the last one that the proxy has written into X-Forwarded-For.
GUITU_BEHIND_PROXY = False
GUITU_DRAFT_HOURS = 24
# A roster with more lines than this is checked and taken in by the worker; how often it looks for errands.
GUITU_ROSTER_AT_ONCE = 1000
# One with more bytes is not even read by a page: reading alone may take longer than a page should.
GUITU_ROSTER_BYTES_AT_ONCE = 400_000
GUITU_ERRAND_SECONDS = 1
# A process that has not finished a round for so long is shown as silent; a worker may be at a long roster.
GUITU_BEAT_SECONDS = 300
# Forms kept when a session ends before they are sent: how many of one account, and how much text in one.
GUITU_KEPT_FORMS = 20
GUITU_KEPT_FORM_CHARACTERS = 200_000
# The interface for other systems: how often one token may call; when to ask again about an act that is under way.
GUITU_API_CALLS_A_MINUTE = int(os.environ.get("GUITU_API_CALLS_A_MINUTE", "300"))
GUITU_API_RETRY_SECONDS = 1
# Where anybody looks a document up by the code on it, e.g. https://guitu.example.org/verify; printed on every document.
GUITU_VERIFY_ADDRESS = os.environ.get("GUITU_VERIFY_ADDRESS", "")
GUITU_TICK_SECONDS = 60
GUITU_TICK_TOKEN_MINUTES = 10
GUITU_TICK_MOST = 1000
# The sequencer signs a checkpoint after so many entries, or so many seconds after the first that waits.
GUITU_LOG_MOST = 1024
GUITU_LOG_SECONDS = 20
# The nightly recheck of the log: at which hour (legal time) it begins, for how many hours it goes on, how many tiles of
# 256 entries a round looks at; after how many minutes a witness that has not co-signed is reported.
GUITU_RECHECK_HOUR = int(os.environ.get("GUITU_RECHECK_HOUR", "2"))
GUITU_RECHECK_HOURS = 4
GUITU_RECHECK_TILES = 16
# The nightly end of processing records whose term is over: from which hour (legal time), for how many hours, how many
# a round.
GUITU_ENDING_HOUR = int(os.environ.get("GUITU_ENDING_HOUR", "1"))
GUITU_ENDING_HOURS = 4
GUITU_ENDING_MOST = 2000
GUITU_WITNESS_MINUTES = int(os.environ.get("GUITU_WITNESS_MINUTES", "60"))
GUITU_FINDINGS_HOURS = 72
# Below so many hundredths of free space the disk is called nearly full: a notice, the page 运行情况, ./guitu doctor.
GUITU_DISK_PERCENT = int(os.environ.get("GUITU_DISK_PERCENT", "10"))
# The socket of the machine's virus scanner (clamd), if there is one; files kept are shown to it first.
GUITU_SCANNER = os.environ.get("GUITU_SCANNER", "")
GUITU_SCANNER_SECONDS = 30
# Who sends over a channel (a class path by channel; a channel without one is not offered): notices, and one-time codes
# to telephones; how often a notice is tried.
GUITU_NOTICE_SENDERS: dict[str, str] = {}
if os.environ.get("GUITU_MAIL_HOST"):
    GUITU_NOTICE_SENDERS["EMAIL"] = "guitu.notices.channels.Mail"
    EMAIL_HOST = os.environ["GUITU_MAIL_HOST"]
    DEFAULT_FROM_EMAIL = os.environ.get("GUITU_MAIL_FROM", f"guitu@{EMAIL_HOST}")
if os.environ.get("GUITU_SMS_SENDER"):
    GUITU_NOTICE_SENDERS["SMS"] = os.environ["GUITU_SMS_SENDER"]
GUITU_NOTICE_TRIES = 5
GUITU_NOTICE_RETRY_MINUTES = 15
GUITU_NOTICE_SETTLES_MINUTES = 10
