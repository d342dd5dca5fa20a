// Service worker: keeps every file for use without a network, and isolates the page, which threads
// need and static hosts cannot be told to do.

const CACHE = `litedenoise-${"VERSION"}`;
const FILES = ["FILES"];

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(["./", ...FILES])));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name !== CACHE);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(CACHE);
      const found = await cache.match(event.request, { ignoreSearch: true });
      const answer = found ?? (await fetch(event.request));
      const headers = new Headers(answer.headers);
      for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
      const { status, statusText } = answer;
      return new Response(answer.body, { status, statusText, headers });
    })(),
  );
});
