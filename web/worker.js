// A classic worker, as LiteRT's loader calls importScripts; all the rest are modules.
const tasks = import("./tasks.js");
tasks.catch((error) => self.postMessage({ fatal: String(error) }));
self.addEventListener("message", async ({ data }) => (await tasks).receive(data));
