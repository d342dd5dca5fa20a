// Keeps the page for use without a network. Where its server cannot isolate it, the service worker
// does, from the next time it is loaded: at once, while there is no photo yet.

const workers = navigator.serviceWorker; // none over plain HTTP

workers?.addEventListener("controllerchange", () => {
  const isEmpty = document.getElementById("empty")?.hidden === false;
  if (!globalThis.crossOriginIsolated && isEmpty) location.reload();
});
workers?.register("offline.js").catch(() => {}); // private windows refuse it; all else works
