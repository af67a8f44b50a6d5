// "As the device": sets the theme before the first paint, and again when the device changes its mind.
// Loaded only by pages whose reader has not chosen light or dark.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  follow();
  dark.addEventListener("change", follow);
})();
