// Turns notifications on in this browser: asks for permission, subscribes, tells the server. Without it the page says
// where the devices are; only a browser can give its own permission.
(() => {
  const place = document.getElementById("push-here");
  if (!place) return;
  const show = (state) => {
    place.querySelectorAll("[data-when]").forEach((one) => {
      one.hidden = one.dataset.when !== state;
    });
  };
  const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!able) {
    show("unable");
    return;
  }
  const asBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const asText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const device = () => {
    const told = navigator.userAgentData;
    const browser = told?.brands?.at(-1)?.brand ?? /(Firefox|Edg|Chrome|Safari)/.exec(navigator.userAgent)?.[1] ?? "";
    const system = told?.platform ?? /(iPhone|iPad|Android|Windows|Mac OS|Linux)/.exec(navigator.userAgent)?.[1] ?? "";
    return [browser, system].filter(Boolean).join(", ");
  };

  const keep = async (subscription) => {
    const body = new URLSearchParams({
      endpoint: subscription.endpoint,
      p256dh: asText(subscription.getKey("p256dh")),
      auth: asText(subscription.getKey("auth")),
      device: device(),
    });
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    return fetch(place.dataset.subscribeUrl, { method: "POST", body, headers, credentials: "same-origin" });
  };

  const turnOn = async () => {
    show("asking");
    try {
      const registration = await navigator.serviceWorker.register(place.dataset.worker);
      await navigator.serviceWorker.ready;
      if ((await Notification.requestPermission()) !== "granted") {
        show("denied");
        return;
      }
      const options = { userVisibleOnly: true, applicationServerKey: asBytes(place.dataset.key) };
      const answer = await keep(await registration.pushManager.subscribe(options));
      if (!answer.ok) throw new Error((await answer.json()).error);
      window.location.reload();
    } catch (error) {
      place.querySelector("[data-reason]").textContent = error.message;
      show("failed");
    }
  };

  place.querySelectorAll("[data-turn-on]").forEach((button) => button.addEventListener("click", turnOn));
  if (Notification.permission === "denied") show("denied");
  else show(place.dataset.on === "yes" && Notification.permission === "granted" ? "on" : "off");
})();
