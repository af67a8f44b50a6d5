"""All settings, each deployment's own from the environment; docs/operations.md explains every variable."""

from base64 import urlsafe_b64encode
from email.utils import parseaddr
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import environ
import structlog
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
# Everything that a run leaves on the disk and that is not in the database.
VAR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()

# --- where it runs -------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
PRODUCTION = env.bool("PRODUCTION", default=False)
if PRODUCTION and (DEMO or DEBUG):
    raise ImproperlyConfigured("PRODUCTION is on: turn DEMO and DEBUG off, they open the system to anybody.")
SECRET_KEY = (
    env.str("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", default="only-for-a-developer's-own-machine")
)
if PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is shorter than 50 characters: make one with `openssl rand -base64 48`.")
SITE_URL = env.str("SITE_URL") if PRODUCTION else env.str("SITE_URL", default="http://127.0.0.1:8000")
if PRODUCTION and not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("SITE_URL must begin with https:// in production: cookies are sent over TLS only.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname] if PRODUCTION else ["*"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ROOT_URLCONF = "kam.urls"
WSGI_APPLICATION = "kam.wsgi.application"

# --- what it is made of --------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "kam",
    "accounts",
    "channels_app",
    "annualclock",
    "qualitycards",
    "webinars",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_structlog",
    "template_partials",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.SignInMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "kam.middleware.storable_address",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "kam.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "kam.forms.Renderer"

# --- data ----------------------------------------------------------------------------------------------------------
_EMBEDDED = f"postgresql://postgres@/kam?host={quote(str(VAR / 'postgres'))}"  # see kam/embedded.py
DATABASES = {"default": env.db("DATABASE_URL") if PRODUCTION else env.db("DATABASE_URL", default=_EMBEDDED)}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Statements that ask for it stay planned (kam.lib.sql.planned_rows), others never, however often they come. Without
# lasting connections there is a pooler, which may hand the next statement to another connection: then none do.
_NEVER_UNASKED = 2**31
DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
    "prepare_threshold", _NEVER_UNASKED if DATABASES["default"]["CONN_MAX_AGE"] else None
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

# --- files (channels_app/files/) -----------------------------------------------------------------------------------
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR / "media")))
# On the same disk as the store, so that a large upload is moved there and not copied.
FILE_UPLOAD_TEMP_DIR = VAR / "uploads"
FILES_MAX_MB = env.int("FILES_MAX_MB", default=50)
FILES_VIDEO_MAX_MB = env.int("FILES_VIDEO_MAX_MB", default=500)
FILES_QUOTA_MB = env.int("FILES_QUOTA_MB", default=20_000)
FILES_SERVED_BY = env.str("FILES_SERVED_BY", default="app")
if FILES_SERVED_BY not in ("app", "x-accel", "s3"):
    raise ImproperlyConfigured("FILES_SERVED_BY is app, x-accel or s3.")
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")
_S3 = {
    "bucket_name": env.str("S3_BUCKET", default=""),
    "endpoint_url": env.str("S3_ENDPOINT_URL", default="") or None,
    "region_name": env.str("S3_REGION", default="") or None,
    "access_key": env.str("S3_ACCESS_KEY_ID", default="") or None,
    "secret_key": env.str("S3_SECRET_ACCESS_KEY", default="") or None,
    "addressing_style": env.str("S3_ADDRESSING_STYLE", default="auto"),
    "signature_version": "s3v4",
    "default_acl": None,  # the bucket's own: private
    "file_overwrite": False,
    "querystring_auth": True,
    "querystring_expire": 60,  # seconds; the access rule is asked for each new address
}
if FILES_SERVED_BY == "s3" and not _S3["bucket_name"]:
    raise ImproperlyConfigured("FILES_SERVED_BY is s3: set S3_BUCKET too.")

# --- the widths of the billing system's numbers, whose leading zeros a spreadsheet loses ----------------------------
SITE_NUMBER_WIDTH = env.int("SITE_NUMBER_WIDTH", default=5)
CUSTOMER_NUMBER_WIDTH = env.int("CUSTOMER_NUMBER_WIDTH", default=6)
EMPLOYEE_NUMBER_WIDTH = env.int("EMPLOYEE_NUMBER_WIDTH", default=7)

# --- language and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "fi"
LANGUAGES = [("fi", _("Finnish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Helsinki"

# --- static files --------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR / "static")))
# Outside production files are served as they lie in the sources, without collecting them first.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _S3}
    if FILES_SERVED_BY == "s3"
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- mail ----------------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Asiakkuuskanava <kanava@yritysx.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20
# How many workers hand over mail at a time, each on a connection of its own, when there is much.
EMAIL_CONNECTIONS = env.int("EMAIL_CONNECTIONS", default=2)
# Where mail that can't be delivered comes back to, and the Maildir in which that address is kept here, if it is.
BOUNCES_ADDRESS = env.str("BOUNCES_ADDRESS", default="")
BOUNCES_FOLDER = env.str("BOUNCES_FOLDER", default="")

# --- telephones (accounts/push.py): Web Push, signed with the server's own key -------------------------------------
_NO_KEY = "" if PRODUCTION else urlsafe_b64encode(sha256(f"push:{SECRET_KEY}".encode()).digest()).decode().rstrip("=")
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default=_NO_KEY)
VAPID_CONTACT = env.str("VAPID_CONTACT", default=f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")
# Where browsers' makers take messages in: an address that a browser claims is called at these and nowhere else.
PUSH_SERVICES = env.list(
    "PUSH_SERVICES",
    default=[
        "https://fcm.googleapis.com",
        "https://*.push.services.mozilla.com",
        "https://*.notify.windows.com",
        "https://*.push.apple.com",
    ],
)

# --- background work: PostgreSQL is the truth, the broker only a messenger -----------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
BROKER_FOLDER = VAR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost/"
# A broker that is down must not hold up whoever hands a job out: the sweep repeats what it did not take.
_QUICKLY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_connect_timeout": 2, "socket_timeout": 10, **_QUICKLY}
    if REDIS_URL
    else {
        "data_folder_in": str(BROKER_FOLDER / "queue"),
        "data_folder_out": str(BROKER_FOLDER / "queue"),
        "control_folder": str(BROKER_FOLDER / "control"),
        "processed_folder": str(BROKER_FOLDER / "processed"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_CONCURRENCY = env.int("CELERY_CONCURRENCY", default=2)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
JOB_LEASE_SECONDS = env.float("JOB_LEASE_SECONDS", default=30)
JOB_SWEEP_SECONDS = env.float("JOB_SWEEP_SECONDS", default=10)
JOB_RETRY_SECONDS = env.float("JOB_RETRY_SECONDS", default=5)
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "accounts.sweep", "schedule": JOB_SWEEP_SECONDS, "options": {"expires": 6 * JOB_SWEEP_SECONDS}},
    # Access starts and ends at midnight; letters go out in the morning, and during the day for what changes then.
    "letters": {"task": "accounts.letters", "schedule": crontab(minute="5", hour="6-20")},
    # A net: each ladder asks for its own next step.
    "escalate": {"task": "channels_app.escalate", "schedule": crontab(minute="*/5")},
    "bounces": {"task": "accounts.bounces", "schedule": crontab(minute="*/5")},
    # At half past six on working days (kam/digest.py); again later only for a beat that was away then.
    "digest": {"task": "kam.digest", "schedule": crontab(minute="30", hour="6-9", day_of_week="mon-fri")},
    "clean_files": {"task": "channels_app.clean_files", "schedule": crontab(minute="40", hour="3")},
}
# Counts that all processes share (rate limits). Without Redis they stand in a table that a migration makes.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "kam"}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_counts",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # few would be thrown away, and the counts with them
    }
}

# --- security ------------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_AGE = 14 * 24 * 3600
X_FRAME_OPTIONS = "DENY"
_form_targets = [SELF]
_pictures = [SELF, "data:"]
_media = [SELF]
if FILES_SERVED_BY == "s3":  # pictures and video on a page come from the bucket
    _bucket = urlsplit(_S3["endpoint_url"] or f"https://s3.{_S3['region_name'] or 'us-east-1'}.amazonaws.com")
    for _list in (_pictures, _media):
        _list += [f"{_bucket.scheme}://{_bucket.netloc}", f"{_bucket.scheme}://{_S3['bucket_name']}.{_bucket.netloc}"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": _pictures,
        "media-src": _media,
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": _form_targets,
    }
}

# --- sign-in (accounts/signin/): nobody signs up, people known to the company activate their login ------------------
AUTHENTICATION_BACKENDS = ["accounts.signin.backend.LoginBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {"user_attributes": ["email"]},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
    }.items()
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_ADAPTER = "accounts.signin.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "request_login_code": "accounts.signin.forms.RequestCodeForm",
    "reset_password": "accounts.signin.forms.ResetPasswordForm",
    "login": "accounts.signin.forms.PasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_PASSWORD_MIN_LENGTH = None  # the validators above say it
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600  # company mail takes its time
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# Whole offices come from one address; the limit by e-mail address is the one that guards a login.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    "request_login_code": "60/m/ip,3/m/key,20/h/key",
    "reset_password": "60/m/ip,3/m/key,20/h/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if PRODUCTION else 0)
MFA_ADAPTER = "accounts.signin.adapters.SecondStepAdapter"
MFA_FORMS = {
    "activate_totp": "accounts.signin.forms.SetUpAppForm",
    "add_webauthn": "accounts.signin.forms.AddPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Asiakkuuskanava"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody has a session without having proven who they are
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
USERSESSIONS_TRACK_ACTIVITY = False  # SignInMiddleware notes the last visit, without a write at each request
SOCIALACCOUNT_ADAPTER = "accounts.signin.adapters.CompanyAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"  # the adapter itself insists on a verified address
OIDC_SERVER_URL = env.str("OIDC_SERVER_URL", default="")
_company_signin = {
    "provider_id": "company",
    "name": "OpenID Connect",
    "client_id": env.str("OIDC_CLIENT_ID", default=""),
    "secret": env.str("OIDC_CLIENT_SECRET", default=""),
    "settings": {"server_url": OIDC_SERVER_URL, "oauth_pkce_enabled": True},
}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [_company_signin] if OIDC_SERVER_URL else []}}
if OIDC_SERVER_URL and not (_company_signin["client_id"] and _company_signin["secret"]):
    raise ImproperlyConfigured("OIDC_SERVER_URL is set: set OIDC_CLIENT_ID and OIDC_CLIENT_SECRET too.")
if OIDC_SERVER_URL:  # the form that starts the company's sign-in ends at its server
    _server = urlsplit(OIDC_SERVER_URL)
    _form_targets.append(f"{_server.scheme}://{_server.netloc}")

# --- logs: one JSON object a line in production, readable lines elsewhere -------------------------------------------
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # the reverse proxy gives the number and writes it in its own log
_processors: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer()
            if PRODUCTION
            else structlog.dev.ConsoleRenderer(colors=False),
            "foreign_pre_chain": _processors,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
structlog.configure(
    processors=[*_processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
