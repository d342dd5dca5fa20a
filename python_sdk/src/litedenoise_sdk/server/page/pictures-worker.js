// Decodes picture files: on the page's own thread even what is decoded elsewhere is copied once more,
// which takes a tenth of a second for a large photo.

/** @import { Answer, Picture, Question } from "./pictures.js" */

self.addEventListener("message", async (/** @type {MessageEvent<Question>} */ { data }) => {
  const { id, blob, maxSide } = data;
  const picture = await decoded(blob, maxSide).catch(() => null);
  const transfer = picture ? [picture.bitmap] : [];
  self.postMessage(/** @type {Answer} */ ({ id, picture }), { transfer });
});

/**
 * @param {Blob} blob
 * @param {number} maxSide
 * @returns {Promise<Picture>}
 */
async function decoded(blob, maxSide) {
  const whole = await createImageBitmap(blob, { premultiplyAlpha: "none" });
  const size = { width: whole.width, height: whole.height };
  const share = maxSide / Math.max(size.width, size.height);
  if (share >= 1) return { bitmap: whole, size };
  const bitmap = await createImageBitmap(whole, {
    premultiplyAlpha: "none",
    resizeWidth: Math.max(1, Math.floor(size.width * share)),
    resizeHeight: Math.max(1, Math.floor(size.height * share)),
    resizeQuality: "high",
  });
  whole.close();
  return { bitmap, size };
}
