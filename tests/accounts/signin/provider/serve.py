"""Starts the provider: `python -m tests.accounts.signin.provider.serve PORT REDIRECT_URI USERS`.

USERS is JSON: a list of {"name", "email", "verified", "number"}; everybody's password is PASSWORD.
"""

import json
import os
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django

CLIENT_ID, CLIENT_SECRET, PASSWORD = "kanava", "the-client-s-secret", "salasana"


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        sys.stderr.write(f"{format % args}\n")


def main(port: str, redirect_uri: str, users: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.accounts.signin.provider.settings"
    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    _register(redirect_uri)
    for user in json.loads(users):
        _add(user)
    make_server("127.0.0.1", int(port), get_wsgi_application(), handler_class=Quiet).serve_forever()


def _register(redirect_uri: str) -> None:
    from allauth.idp.oidc.models import Client

    client = Client(id=CLIENT_ID, name="Kanava", scopes="openid\nprofile\nemail", skip_consent=True)
    client.set_redirect_uris([redirect_uri])
    client.set_secret(CLIENT_SECRET)
    client.save()


def _add(user: dict[str, str]) -> None:
    from allauth.account.models import EmailAddress
    from django.contrib.auth.models import User

    made = User.objects.create_user(user["name"], user["email"], PASSWORD, first_name=user.get("number", ""))
    EmailAddress.objects.create(user=made, email=user["email"], primary=True, verified=bool(user["verified"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
