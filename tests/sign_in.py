"""Signs people in to test clients."""

import time

from django.test import Client

from accounts.models import Person


def sign_in(client: Client, person: Person) -> Client:
    """Sign `person` in with everything done that the system asks of them, administrators' second step included."""
    client.force_login(person.login)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session["account_authentication_methods_user"] = str(person.login.pk)
    session.save()
    return client
