// Wakes when a notification comes, shows it, and answers it with one press. It keeps no pages: what somebody may see
// is asked of the server each time.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const told = event.data.json();
  event.waitUntil(
    self.registration.showNotification(told.title, {
      body: told.body,
      tag: told.tag,
      icon: "/static/icons/icon-192.png",
      data: told,
      requireInteraction: Boolean(told.answer),
      actions: told.answer ? [{ action: "answer", title: told.yes }] : [],
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  const told = event.notification.data;
  event.notification.close();
  event.waitUntil(event.action === "answer" ? answer(told) : open(told.url));
});

// The page that asks is fetched as the person would open it, and its form sent: signed in, or not at all.
async function answer(told) {
  const said = (await answered(told.answer)) ? told.done : told.failed;
  const url = said === told.done ? told.url : told.answer;
  await self.registration.showNotification(said, { body: told.body, tag: told.tag, data: { ...told, url, answer: "" } });
}

async function answered(address) {
  try {
    const page = await fetch(address, { credentials: "same-origin" });
    const token = page.ok && !page.redirected && /name="csrfmiddlewaretoken" value="(\w+)"/.exec(await page.text());
    if (!token) return false;
    const body = new URLSearchParams({ csrfmiddlewaretoken: token[1] });
    return (await fetch(address, { method: "POST", credentials: "same-origin", body })).ok;
  } catch {
    return false;
  }
}

async function open(url) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const [first] = windows;
  if (!first) return self.clients.openWindow(url);
  await first.focus();
  return first.navigate(url).catch(() => self.clients.openWindow(url));
}
