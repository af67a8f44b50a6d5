// Adding files one request each, with progress: chosen, dragged here, pasted, or taken with the camera.
// Without it the form sends all chosen files at once.
(() => {
})();
