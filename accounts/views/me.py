"""One's own page: who the system takes me for, how I sign in, where I am signed in, how pages look to me."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from accounts.access import overseen_by, signed_in
from accounts.views.parts import Request


@require_safe
@signed_in
def me(request: Request) -> HttpResponse:
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    context = {
        "person": request.person,
        "sessions": UserSession.objects.filter(user=request.user).order_by("-created_at"),
        "by_app": Authenticator.Type.TOTP in kinds,
        "by_passkey": Authenticator.Type.WEBAUTHN in kinds,
        "sees_activity": overseen_by(request.person).exists(),
    }
    return render(request, "accounts/me.html", context)


urlpatterns = [path("me/", me, name="me")]
