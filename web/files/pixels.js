// A decoded picture's pixels as they are. A 2D canvas multiplies colours by alpha and rounds, so
// that pictures with transparency go through WebGL.

import { RuntimeFailure } from "../errors.js";

/** Rows that are read at a time: the picture is in memory once, not twice. */
const BAND_ROWS = 256;

/**
 * @param {ImageBitmap} bitmap
 * @param {boolean} mayHaveAlpha
 * @returns {Promise<{ pixels: Uint8Array, alpha: Uint8Array | null }>} RGB, and one byte a pixel
 */
export async function readPixels(bitmap, mayHaveAlpha) {
  const { height, width } = bitmap;
  const pixels = new Uint8Array(3 * height * width);
  const alpha = mayHaveAlpha ? new Uint8Array(height * width) : null;
  const read = mayHaveAlpha ? throughWebGl(bitmap) : throughCanvas(bitmap);
  for (let top = 0; top < height; top += BAND_ROWS) {
    const rows = Math.min(BAND_ROWS, height - top);
    const band = await read(top, rows);
    let [to, opacity] = [3 * top * width, top * width];
    for (let from = 0; from < 4 * rows * width; from += 4) {
      pixels[to++] = band[from];
      pixels[to++] = band[from + 1];
      pixels[to++] = band[from + 2];
      if (alpha) alpha[opacity++] = band[from + 3];
    }
  }
  return { pixels, alpha };
}

/** @param {ImageBitmap} bitmap */
function throughCanvas(bitmap) {
  const canvas = new OffscreenCanvas(bitmap.width, Math.min(BAND_ROWS, bitmap.height));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new RuntimeFailure("the browser has no memory for a canvas");
  return async (/** @type {number} */ top, /** @type {number} */ rows) => {
    context.drawImage(bitmap, 0, -top);
    return context.getImageData(0, 0, bitmap.width, rows).data;
  };
}

/** @param {ImageBitmap} bitmap */
function throughWebGl(bitmap) {
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  if (!gl || bitmap.width > gl.getParameter(gl.MAX_TEXTURE_SIZE)) {
    throw new RuntimeFailure(
      "pictures with transparency are read with WebGL 2, and this browser has none for this size",
    );
  }
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  return async (/** @type {number} */ top, /** @type {number} */ rows) => {
    const band = await createImageBitmap(bitmap, 0, top, bitmap.width, rows, {
      premultiplyAlpha: "none",
      colorSpaceConversion: "none",
    });
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, band);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    const values = new Uint8Array(4 * bitmap.width * rows);
    gl.readPixels(0, 0, bitmap.width, rows, gl.RGBA, gl.UNSIGNED_BYTE, values);
    band.close();
    return values;
  };
}
