"""The first page of signing in: one field, then a code by mail or the password."""

from typing import Any

from allauth.account.views import LoginView
from django.http import HttpRequest, HttpResponse


class SignInView(LoginView):
    """Asks for the address; told an address but no password, asks for the password; told both, lets allauth decide."""

    def asks_for_password(self) -> bool:
        return self.request.method == "POST" and "password" not in self.request.POST

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        if self.asks_for_password():
            del kwargs["data"], kwargs["files"]
            kwargs["initial"] = {"login": self.request.POST.get("email", "")[:254]}
        return kwargs

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.asks_for_password():
            return self.render_to_response(self.get_context_data())
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(by_password=self.request.method == "POST", **kwargs)


sign_in = SignInView.as_view()
