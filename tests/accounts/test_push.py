"""Waking telephones: a real push service over HTTP that decrypts, and who may be woken in which browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.actions.push import MOST_BROWSERS, subscribe
from accounts.actions.refusal import Refusal
from accounts.models import Delivery, Person, PushSubscription
from accounts.notify import News, tell
from accounts.push import send_push
from kam.lib.webpush import MOST_BYTES, Browser, Gone, NotTaken, fitting, is_service, public_key
from tests.cast import Cast
from tests.push_service import PushService, claims_of
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    running = PushService()
    settings.PUSH_SERVICES = [running.origin]
    yield running
    running.close()


@pytest.fixture
def client() -> Client:
    return Client(headers={"Accept-Language": "en"})


def telephone(person: Person, service: PushService, name: str = "one") -> PushSubscription:
    return subscribe(user=person.login, browser=service.browser(name), device="Chrome, Android")


def told(cast: Cast, person: Person, kind: str = "urgent", title: str = "Avaimet vaihtuvat") -> Delivery:
    news = News(
        f"message:1:{kind}", kind, cast.pankki, title, f"/accounts/{cast.pankki.customer_number}/messages/1/",
        thing="message", object_id=1, who=cast.alice,
    )  # fmt: skip
    tell(news, [person.pk])
    found = Delivery.objects.select_related("notice__account", "notice__who", "subscription")
    return found.get(channel=Delivery.Channel.PUSH)


# --- what is sent --------------------------------------------------------------------------------------------------
def test_an_urgent_message_wakes_the_telephone_and_leads_to_where_it_is_acknowledged(
    cast: Cast, service: PushService
) -> None:
    telephone(cast.bob, service)
    delivery = told(cast, cast.bob)
    send_push(delivery)
    assert service.taken == [
        {
            "title": "Urgent, to be acknowledged",
            "body": f"{cast.pankki.name}: Avaimet vaihtuvat",
            "url": f"/accounts/{cast.pankki.customer_number}/messages/1/acknowledge/",
            "tag": f"notice-{delivery.notice_id}",
            "stays": True,
        }
    ]
    [headers] = service.headers
    assert headers["Urgency"] == "high"
    assert claims_of(headers["Authorization"], public_key(django_settings.VAPID_PRIVATE_KEY)) | {"exp": 0} == {
        "sub": django_settings.VAPID_CONTACT, "aud": service.origin, "exp": 0,
    }  # fmt: skip
    assert PushSubscription.objects.get().used_at is not None


def test_what_asks_for_no_answer_leads_through_the_notice(cast: Cast, service: PushService) -> None:
    telephone(cast.matti, service)
    delivery = told(cast, cast.matti, "urgent_about")
    send_push(delivery)
    [wake] = service.taken
    assert (wake["title"], wake["url"], wake["stays"]) == (
        "Alice Alanen has not acknowledged", f"/notices/{delivery.notice_id}/", False,
    )  # fmt: skip


def test_the_same_delivery_again_replaces_itself_where_it_waits(cast: Cast, service: PushService) -> None:
    telephone(cast.bob, service)
    delivery = told(cast, cast.bob)
    for _ in range(2):
        send_push(delivery)
    assert len({headers["Topic"] for headers in service.headers}) == 1


def test_an_announcement_wakes_nobody(cast: Cast, service: PushService) -> None:
    telephone(cast.bob, service)
    with pytest.raises(Delivery.DoesNotExist):
        told(cast, cast.bob, "announcement")


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_took_its_permission_back_is_forgotten(cast: Cast, service: PushService, status: int) -> None:
    telephone(cast.bob, service)
    delivery = told(cast, cast.bob)
    service.status = status
    with pytest.raises(Gone):
        send_push(delivery)
    assert not PushSubscription.objects.exists()
    assert Delivery.objects.filter(pk=delivery.pk, subscription=None).exists()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_service_that_is_busy_may_be_asked_again(cast: Cast, service: PushService, status: int) -> None:
    telephone(cast.bob, service)
    delivery = told(cast, cast.bob)
    service.status = status
    with pytest.raises(NotTaken, match=str(status)):
        send_push(delivery)
    assert PushSubscription.objects.exists()


def test_a_service_that_is_away_may_be_asked_again(cast: Cast, service: PushService) -> None:
    telephone(cast.bob, service)
    delivery = told(cast, cast.bob)
    service.close()
    with pytest.raises(NotTaken):
        send_push(delivery)


def test_a_long_subject_still_fits_into_what_services_take() -> None:
    text = fitting({"title": "Kiireellinen", "body": "ä" * 5000})
    assert len(text.encode()) <= MOST_BYTES
    assert text.endswith('…"}')


# --- whose browser it is -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/abc", True),
        ("https://web.push.apple.com/abc", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=abc", True),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://fcm.googleapis.com.evil.example/abc", False),
        ("https://fcm.googleapis.com:8443/abc", False),
        ("https://user@fcm.googleapis.com/abc", False),
        ("https://evil.example/.push.apple.com", False),
        ("https://169.254.169.254/latest/", False),
        ("https://[::1", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_known_push_services_are_ever_called(endpoint: str, known: bool) -> None:
    assert is_service(endpoint, django_settings.PUSH_SERVICES) is known


def test_an_address_of_another_host_is_refused_and_nothing_kept(cast: Cast, service: PushService) -> None:
    with pytest.raises(Refusal, match="notification service"):
        subscribe(user=cast.bob.login, browser=Browser("https://10.0.0.1/x", "a", "b"), device="")
    with pytest.raises(Refusal, match="keys"):
        subscribe(user=cast.bob.login, browser=Browser(service.browser().endpoint, "short", "b"), device="")
    assert not PushSubscription.objects.exists()


def test_the_one_used_least_gives_way_to_the_eleventh(cast: Cast, service: PushService) -> None:
    for number in range(MOST_BROWSERS + 1):
        telephone(cast.bob, service, f"phone-{number}")
    assert PushSubscription.objects.count() == MOST_BROWSERS
    assert not PushSubscription.objects.filter(endpoint__endswith="phone-0").exists()


def post_subscription(client: Client, service: PushService) -> int:
    browser = service.browser()
    sent = {"endpoint": browser.endpoint, "p256dh": browser.p256dh, "auth": browser.auth, "device": "Safari, iPhone"}
    return client.post(reverse("push_subscribe"), sent).status_code


def sign_in_by_password(client: Client, person: Person) -> None:
    """Sign in as people do: the signal that a browser's earlier owner goes by has the browser's cookies only then."""
    person.login.set_password("kahvikuppi-9-ikkuna")
    person.login.save()
    EmailAddress.objects.update_or_create(user=person.login, email=person.email, defaults={"verified": True})
    sent = {"login": person.email, "password": "kahvikuppi-9-ikkuna"}
    assert client.post(reverse("account_login"), sent).status_code == 302


def test_a_browser_is_woken_for_whoever_is_signed_in_there_and_for_nobody_before(
    cast: Cast, client: Client, service: PushService
) -> None:
    sign_in(client, cast.bob)
    for _again in range(2):
        assert post_subscription(client, service) == 200
    assert PushSubscription.objects.get().user == cast.bob.login
    del client.cookies[django_settings.SESSION_COOKIE_NAME]  # his session ran out
    sign_in_by_password(client, cast.ines)
    assert not PushSubscription.objects.exists()
    assert post_subscription(client, service) == 200
    client.post(reverse("account_logout"))
    assert not PushSubscription.objects.exists()


def test_signing_in_again_keeps_ones_own(cast: Cast, client: Client, service: PushService) -> None:
    sign_in(client, cast.bob)
    post_subscription(client, service)
    del client.cookies[django_settings.SESSION_COOKIE_NAME]
    sign_in_by_password(client, cast.bob)
    assert PushSubscription.objects.get().user == cast.bob.login


def test_somebody_elses_device_is_neither_tried_nor_turned_off(
    cast: Cast, client: Client, service: PushService
) -> None:
    bobs = telephone(cast.bob, service)
    sign_in(client, cast.ines)
    assert client.post(reverse("push_test", args=[bobs.pk])).status_code == 404
    assert client.post(reverse("push_forget", args=[bobs.pk])).status_code == 404
    assert PushSubscription.objects.filter(pk=bobs.pk).exists()
    assert service.taken == []
    page = client.get(reverse("push")).content.decode()
    assert "Chrome, Android" not in page


def test_a_device_is_tried_and_turned_off(cast: Cast, client: Client, service: PushService) -> None:
    bobs = telephone(cast.bob, service)
    sign_in(client, cast.bob)
    assert "Chrome, Android" in client.get(reverse("push")).content.decode()
    client.post(reverse("push_test", args=[bobs.pk]))
    assert [one["url"] for one in service.taken] == ["/me/push/"]
    service.status = 410
    answer = client.post(reverse("push_test", args=[bobs.pk]), follow=True)
    assert "taken its permission back" in answer.content.decode()
    service.status = 201
    again = telephone(cast.bob, service)
    client.post(reverse("push_forget", args=[again.pk]))
    assert not PushSubscription.objects.exists()


def test_a_shut_login_is_woken_no_more(cast: Cast, service: PushService) -> None:
    telephone(cast.bob, service)
    type(cast.bob.login).objects.filter(pk=cast.bob.login.pk).update(is_active=False)
    with pytest.raises(Delivery.DoesNotExist):
        told(cast, cast.bob)


def test_the_worker_is_served_at_the_root_and_asked_for_anew_each_time(client: Client) -> None:
    answer = client.get(reverse("service_worker"))
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "no-cache" in answer.headers["Cache-Control"]
    assert answer.content.decode() == Path("static/js/service-worker.js").read_text("utf-8")


def test_without_the_servers_key_the_page_says_so(cast: Cast, client: Client, settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    page = sign_in(client, cast.bob).get(reverse("push")).content.decode()
    assert "have not set the server up for it" in page
    assert "push-here" not in page
