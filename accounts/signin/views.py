"""The first page of signing in, one field, then a code by mail or the password; and the way to the company's own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from allauth.account.views import LoginView
from allauth.socialaccount.providers.openid_connect import views as company
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from requests import RequestException

log = structlog.get_logger()


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


def told_when_down(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer in words when the company's sign-in server cannot be reached; allauth lets that through as a fault."""

    @wraps(view)
    def careful(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except RequestException as failure:
            log.warning("company sign-in unreachable", failure=str(failure))
            return render(request, "socialaccount/authentication_error.html", status=503)

    return careful


company_start = told_when_down(company.login)
company_callback = told_when_down(company.callback)
