// Passkeys need JavaScript and a browser that knows them: their buttons show only then, and a failure shows as words.
(() => {
  const show = (element) => {
    element.hidden = false;
  };
  document.addEventListener("DOMContentLoaded", () => {
    if (window.PublicKeyCredential) {
      document.querySelectorAll("[data-needs-passkeys]").forEach(show);
    } else {
      document.querySelectorAll("[data-no-passkeys]").forEach(show);
    }
  });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const words = document.getElementById("passkey-failed");
    if (words) show(words);
  });
})();
