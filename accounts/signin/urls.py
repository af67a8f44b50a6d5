"""The addresses of signing in: those of allauth that the system uses. What is not listed here does not exist.

Nobody signs up and nobody changes their own address, so those pages lead elsewhere; allauth links to them by name.
"""

from allauth.account import views as account
from allauth.socialaccount import views as social
from allauth.usersessions import views as sessions
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.signin.views import company_callback, company_start, sign_in

urlpatterns = [
    path("", sign_in, name="account_login"),
    path("out/", account.logout, name="account_logout"),
    path("shut/", account.account_inactive, name="account_inactive"),
    path("signup/", RedirectView.as_view(pattern_name="account_login"), name="account_signup"),
    path("code/", account.request_login_code, name="account_request_login_code"),
    path("code/confirm/", account.confirm_login_code, name="account_confirm_login_code"),
    path("address/confirm/", account.email_verification_sent, name="account_email_verification_sent"),
    path("address/", RedirectView.as_view(pattern_name="me"), name="account_email"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/code/", account.confirm_password_reset_code, name="account_confirm_password_reset_code"),
    path("password/reset/new/", account.complete_password_reset, name="account_complete_password_reset"),
    path("password/reset/done/", account.password_reset_from_key_done, name="account_password_reset_completed"),
    path("second-step/", include("allauth.mfa.urls")),
    path("sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("company/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("company/error/", social.login_error, name="socialaccount_login_error"),
    path("company/", RedirectView.as_view(pattern_name="me"), name="socialaccount_connections"),
    path("oidc/<slug:provider_id>/login/", company_start, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", company_callback, name="openid_connect_callback"),
]
