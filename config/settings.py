"""Settings of the installation. What differs between machines comes from the environment (docs/admin)."""

import os
from pathlib import Path

from config.secret import installation_secret
from opora.tenancy.placement import is_sqlite, static_databases

BASE = Path(__file__).resolve().parent.parent
PACKAGE = BASE / "opora"
DATA = Path(os.environ.get("DATA") or BASE / "data").resolve()

DEBUG = os.environ.get("OPORA_DEBUG") == "1"
SECRET_KEY = installation_secret(DATA)
ALLOWED_HOSTS = os.environ.get("OPORA_HOSTS", "*").split(",")

# Letters: the installation's mail server and the address links in them begin with (opora.people.mail); host names
# that projects may reach although they lie inside the network.
OPORA_SMTP = os.environ.get("OPORA_SMTP", "")
OPORA_SITE = os.environ.get("OPORA_SITE", "")
RATE_ADDRESSES = {
    "cbr": os.environ.get("OPORA_RATES_CBR") or "https://www.cbr.ru/scripts/XML_daily.asp",
    "cbu": os.environ.get("OPORA_RATES_CBU") or "https://cbu.uz/uz/arkhiv-kursov-valyut/json/",
}
OPORA_INTERNAL_HOSTS = frozenset(os.environ.get("OPORA_INTERNAL_HOSTS", "").split(",")) - {""}
OPORA_PROXIES = [text for text in os.environ.get("OPORA_PROXIES", "").split(",") if text.strip()]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("OPORA_BEHIND_PROXY") else None
)

# Apps, from the ground floor up (docs/architecture.md). `kit` has nothing Django must load.
APPS = [
    "opora.tenancy",
    "opora.ui",
    "opora.jobs",
    "opora.timeline",
    "opora.people",
    "opora.records",
    "opora.documents",
    "opora.contacts",
    "opora.planner",
    "opora.notes",
    "opora.duplicates",
    "opora.deals",
    "opora.leadforms",
    "opora.platform",
    "opora.shell",
    "opora.help",
    "opora.structure",
]
OPORA_APPS = [app for app in APPS if (BASE / app.replace(".", "/") / "__init__.py").exists()]
INSTALLED_APPS = [*OPORA_APPS, "django.contrib.staticfiles"]

# Databases. `default` is the current project's (opora.tenancy.registry); projects are never listed here.
DATABASE_ADDRESS = os.environ.get("OPORA_DATABASE") or "sqlite"
DATABASE_DIRECT_ADDRESS = os.environ.get("OPORA_DATABASE_DIRECT", "")
SQLITE_SYNCHRONOUS = os.environ.get("OPORA_SQLITE_SYNCHRONOUS", "FULL")
DATABASES = static_databases(DATA, DATABASE_ADDRESS, SQLITE_SYNCHRONOUS)
DATABASE_ROUTERS = ["opora.tenancy.router.ProjectRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "opora.ui.middleware.SecurityHeaders",
    "opora.leadforms.middleware.NeverLost",
    "opora.tenancy.middleware.ProjectMiddleware",
    "opora.people.middleware.SignInMiddleware",
    "opora.records.middleware.looked_up_once",
    "opora.ui.middleware.SpokenLanguage",
    "config.front.refusing.FrontRefusals",
    "opora.people.csrf.FormTokenMiddleware",
    "opora.ui.refusals.RefusalMiddleware",
]
BENCH = os.environ.get("OPORA_BENCH") == "1"
if BENCH:  # `opora bench` counts statements
    MIDDLEWARE.insert(
        MIDDLEWARE.index("opora.people.middleware.SignInMiddleware"), "config.bench.counting.counted"
    )
ROOT_URLCONF = "config.urls"
SITE_URLCONF = "config.site_urls"
WSGI_APPLICATION = "config.wsgi.application"
REFUSAL_RESPONSE = "opora.ui.refusals.respond"
APPEND_SLASH = True

_CONTEXT = ["opora.ui.jinja.page_context", "opora.shell.navigation.context"]
TEMPLATES = [
    {
        "BACKEND": "opora.ui.jinja.Templates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _CONTEXT},
    }
]

AUTH_USER_MODEL = "people.User"
PASSWORD_HASHERS = ["opora.people.hashing.Argon2"]
LOGIN_URL = "people:sign_in"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("uz", "Oʻzbekcha"), ("en", "English")]
LOCALE_PATHS = [BASE / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("OPORA_STATIC") or DATA / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "opora.ui.assets.JoinedFiles"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

TASKS = {"default": {"BACKEND": "opora.jobs.backend.JobBackend"}}

# The front (config/front): threads that draw pages, and how many bytes a body may have (R17.01).
PAGE_THREADS = int(os.environ.get("OPORA_THREADS", "8"))
REQUESTS_AN_ADDRESS = 0 if os.environ.get("OPORA_BEHIND_PROXY") else 100
BODY_LIMIT = 32 * 1024 * 1024
FILES_LIMIT = 101 * 1024 * 1024
BODY_LIMITS = {
    "/api/v1/leads": 64 * 1024,
    "/api/v1/leads/": 64 * 1024,
    "/api/v1/files": FILES_LIMIT,
    "/files/": FILES_LIMIT,
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["opora.documents.receiving.ToShelf"]
# Headers, frames and form tokens are the work of our own SecurityHeaders and FormTokenMiddleware.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002", "security.W003"]
CSRF_FAILURE_VIEW = "opora.ui.refusals.form_expired"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# One writing process with old SQLite libraries (R12.05); the server asks before it starts a worker.
ONE_MACHINE = is_sqlite(DATABASE_ADDRESS)
