// Picture files as bitmaps, decoded beside the page.

/**
 * @typedef {{ width: number, height: number }} Size
 * @typedef {{ bitmap: ImageBitmap, size: Size }} Picture `size`: the file's, which a bitmap that
 *   must fit a texture need not have
 * @typedef {{ id: number, blob: Blob, maxSide: number }} Question
 * @typedef {{ id: number, picture: Picture | null }} Answer null where the browser cannot decode it
 */

const worker = new Worker(new URL("./pictures-worker.js", import.meta.url), { type: "module" });
/** @type {Map<number, (picture: Picture | null) => void>} */
const waiting = new Map();
let last = 0;

worker.addEventListener("message", (/** @type {MessageEvent<Answer>} */ { data }) => {
  waiting.get(data.id)?.(data.picture);
  waiting.delete(data.id);
});
worker.addEventListener("error", () => {
  for (const answer of waiting.values()) answer(null);
  waiting.clear();
});

/**
 * @param {Blob} blob
 * @param {number} [maxSide] of the bitmap, in pixels
 * @returns {Promise<Picture | null>} null where the browser cannot decode it
 */
export function pictureOf(blob, maxSide = Infinity) {
  const id = ++last;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    worker.postMessage(/** @type {Question} */ ({ id, blob, maxSide }));
  });
}
