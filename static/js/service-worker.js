// Wakes when a notification comes, shows it, and opens what it is about. It keeps no pages: what somebody may see is
// asked of the server each time.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const { title, body, url, tag, stays } = event.data.json();
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      tag,
      icon: "/static/icons/icon-192.png",
      data: url,
      requireInteraction: stays,
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

async function open(url) {
  const [first] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!first) return self.clients.openWindow(url);
  const shown = await first.focus().catch(() => first); // a browser may refuse to bring it to the front
  return shown.navigate(url).catch(() => self.clients.openWindow(url));
}
