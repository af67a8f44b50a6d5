# The one image of web server, worker, beat and management commands.
FROM python:3.13.9-slim-bookworm

# WeasyPrint's libraries (fonts come with the project), and the dictionary of the search.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
        libvoikko1 voikko-fi \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --system --uid 10001 --create-home kam && install -d -o kam -g kam /var/lib/kam
WORKDIR /app
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=kam.settings

COPY requirements.lock ./
RUN python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

COPY manage.py ./
COPY kam kam
COPY accounts accounts
COPY channels_app channels_app
COPY annualclock annualclock
COPY qualitycards qualitycards
COPY webinars webinars
COPY templates templates
COPY static static
COPY locale locale
COPY deploy deploy

ENV PRODUCTION=true VAR_DIR=/var/lib/kam STATIC_ROOT=/app/collected
# Settings insist on secrets; these serve the two commands below and stay in no layer.
RUN python -m kam.translations \
    && SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(60))") \
       SITE_URL=https://build.invalid DATABASE_URL=postgresql://build.invalid/build \
       VAR_DIR=/tmp/build python manage.py collectstatic --no-input

USER kam
VOLUME /var/lib/kam
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "kam.wsgi:application"]
