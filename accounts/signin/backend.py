"""Who is behind a session: the login and its person in one query, nobody once either is gone."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from accounts.signin.rules import may_sign_in


class LoginBackend(AuthenticationBackend):
    def get_user(self, user_id: Any) -> User | None:
        """Return the login of a session, None for a shut one and for somebody who has left."""
        login: User | None = User.objects.select_related("person").filter(pk=user_id).first()
        return login if login is not None and may_sign_in(login) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return may_sign_in(user)
