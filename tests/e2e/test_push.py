"""Notifications in a real browser: turned on, shown by the worker when a message comes, leading to it.

The push service belongs to the browser's maker, and no browser here may reach it: what it would give and carry stands
in for it (tests/push_service.py, and Chromium's own way of handing a message to a worker).
"""

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserType, Page, Worker, expect

from accounts.models import Delivery, PushSubscription
from accounts.notify.sending import send_open
from channels_app.models import MessageRecipient
from tests.cast import Cast
from tests.channels_app.message_hands import write_urgent
from tests.e2e.desk import Desk
from tests.push_service import PushService

pytestmark = pytest.mark.django_db(transaction=True)

GIVEN = """([endpoint, point, secret]) => {
    const plain = (text) => atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    const bytes = (text) => Uint8Array.from(plain(text), (c) => c.charCodeAt(0)).buffer;
    PushManager.prototype.subscribe = async (options) => {
        if (options.applicationServerKey.length !== 65) throw new Error("no key of the server's");
        return { endpoint, getKey: (name) => bytes(name === "auth" ? secret : point) };
    };
}"""
TOUCH = """(tag) => self.registration.getNotifications({tag}).then(([notification]) =>
    self.dispatchEvent(new NotificationEvent("notificationclick", {notification})))"""
SHOWN = """() => navigator.serviceWorker.ready.then(one => one.getNotifications())
    .then(all => all.map(one => [one.title, one.body]))"""


@pytest.fixture
def desk(browser_type: BrowserType, browser_type_launch_args: dict[str, Any], live_server: Any) -> Iterator[Desk]:
    """The whole Chromium: its shell without windows, where that is used, knows no notifications."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with browser_type.launch(**browser_type_launch_args | {"executable_path": program}) as browser:
        desk = Desk(browser, live_server.url)
        yield desk
        desk.close()


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    running = PushService()
    settings.PUSH_SERVICES = [running.origin]
    yield running
    running.close()


def allowed(desk: Desk, company: Cast, service: PushService) -> Page:
    """Return the page of devices of Ines after she turned notifications on there."""
    page = desk.page(company.ines, "en")
    page.context.grant_permissions(["notifications"], origin=desk.address)
    browser = service.browser()
    page.add_init_script(f"({GIVEN})({json.dumps([browser.endpoint, browser.p256dh, browser.auth])})")
    page.goto(desk.address + reverse("push"))
    page.get_by_role("button", name="Turn notifications on here").click()
    expect(page.get_by_text("This device is woken by urgent messages.")).to_be_visible()
    return page


def handed_over(page: Page, wake: dict[str, Any]) -> Worker:
    """Hand the message to the page's worker as the browser does when its push service brings one."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    session = page.context.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(one["registrationId"] for one in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.wait_for_timeout(200)
    origin = page.evaluate("location.origin")
    message = {"origin": origin, "registrationId": registrations[0], "data": json.dumps(wake)}
    session.send("ServiceWorker.deliverPushMessage", message)
    [worker] = page.context.service_workers
    return worker


def test_a_device_is_turned_on_and_woken_on_trial(desk: Desk, company: Cast, service: PushService) -> None:
    page = allowed(desk, company, service)
    assert PushSubscription.objects.get().user == company.ines.login
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("Sent. It should be on the device")).to_be_visible()
    [wake] = service.taken
    handed_over(page, wake)
    page.wait_for_function(f"() => ({SHOWN})().then(all => all.length === 1)")
    assert page.evaluate(SHOWN) == [["A trial", "Notifications reach this device."]]
    assert desk.found == []


def test_an_urgent_message_is_acknowledged_one_press_after_the_notification(
    desk: Desk, company: Cast, service: PushService
) -> None:
    page = allowed(desk, company, service)
    message = write_urgent(company, critical=True)
    send_open(channel=Delivery.Channel.PUSH)
    [wake] = service.taken
    worker = handed_over(page, wake)
    page.wait_for_function(f"() => ({SHOWN})().then(all => all.length === 1)")
    worker.evaluate(TOUCH, wake["tag"])
    page.wait_for_url("**/acknowledge/")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Your acknowledgement has been recorded")).to_be_visible()
    assert MessageRecipient.objects.get(message=message, person=company.ines).acknowledged_at is not None
    assert desk.found == []


def test_devices_are_accessible(desk: Desk, company: Cast, service: PushService) -> None:
    desk.look(company.ines, "push")
    page = allowed(desk, company, service)
    assert page.get_by_role("button", name="Turn off").is_visible()
    desk.look(company.ines, "push", languages=("en",))
    assert desk.found == []
