// Photos from files and into files, in the browser. Metadata is taken off the file before the
// browser decodes it, so that no browser turns the picture or changes its colours on its own.

import { ImageTooLarge, UnreadableImage } from "./errors.js";
import { blobOf } from "./files/bytes.js";
import { stamp } from "./files/exif.js";
import { encodeJpeg } from "./files/encoder.js";
import { isHeif, readHeif } from "./files/heif.js";
import { readJpeg } from "./files/jpeg.js";
import { NO_METADATA, upright } from "./files/metadata.js";
import { turned, uprightSize } from "./files/orientation.js";
import { readPixels } from "./files/pixels.js";
import { readPng, writePng } from "./files/png.js";
import { sniff, unsupported } from "./files/sniff.js";
import { readWebp } from "./files/webp.js";

/** @import { Metadata } from "./files/metadata.js" */
/** @import { Size } from "./plan.js" */

/**
 * @typedef {object} Photo
 * @property {Uint8Array} pixels RGB, upright, in the file's own colour space
 * @property {Uint8Array | null} alpha one byte a pixel
 * @property {Size} size
 * @property {Metadata} metadata of the upright picture
 */

/** More are refused before any memory is asked for: a small file may claim to be huge. */
const MAX_PIXELS = 100_000_000;

const SOFTWARE = "litedenoise 0.1.0";
const OPAQUE = 255;

/**
 * @param {Blob} file
 * @returns {Promise<Photo>}
 * @throws {UnreadableImage} damaged, cut short, or nothing that this browser decodes
 * @throws {UnsupportedImage} 16 bits, TIFF, raw, CMYK, animated
 * @throws {ImageTooLarge} more than 100 megapixels
 */
export async function decode(file) {
  const data = new Uint8Array(await file.arrayBuffer());
  const metadata = readMetadata(data);
  if (metadata.stored) checkSize(metadata.stored);
  const bitmap = await bitmapOf(metadata.bare);
  try {
    const stored = { height: bitmap.height, width: bitmap.width };
    checkSize(stored);
    const { pixels, alpha: found } = await readPixels(bitmap, metadata.hasAlpha);
    const { orientation } = metadata;
    // Of a format that is not taken apart here, only the pixels tell.
    const isOpaque = !metadata.format && found?.every((value) => value === OPAQUE);
    const alpha = isOpaque ? null : found;
    const size = uprightSize(stored, orientation);
    return {
      pixels: turned(pixels, stored, 3, orientation),
      alpha: alpha && turned(alpha, stored, 1, orientation),
      size,
      metadata: upright(metadata, size),
    };
  } finally {
    bitmap.close();
  }
}

/**
 * Encodes a photo with its metadata: a JPEG file as JPEG, compressed like its source, everything
 * else as PNG.
 *
 * @param {Photo} photo
 * @returns {Promise<Blob>}
 */
export async function encode({ pixels, alpha, size, metadata }) {
  const stamped = { ...metadata, exif: stamp(metadata.exif, SOFTWARE) };
  if (metadata.jpeg) return encodeJpeg(pixels, size, stamped);
  const channels = (metadata.isGrey ? 1 : 3) + (alpha ? 1 : 0);
  return writePng(interleaved(pixels, alpha, metadata.isGrey), size, channels, stamped);
}

/** @param {Uint8Array} data @returns {Metadata} */
function readMetadata(data) {
  switch (sniff(data)) {
    case "JPEG":
      return readJpeg(data);
    case "PNG":
      return readPng(data);
    case "WEBP":
      return readWebp(data);
    default: {
      const other = { ...NO_METADATA, bare: blobOf([data]), hasAlpha: true };
      return isHeif(data) ? readHeif(data, other) : other;
    }
  }
}

/** @param {Blob} bare */
async function bitmapOf(bare) {
  try {
    return await createImageBitmap(bare, {
      colorSpaceConversion: "none",
      premultiplyAlpha: "none",
    });
  } catch {
    throw new UnreadableImage(
      "this browser cannot decode the file: it is damaged, or of a kind that the browser does not " +
        "know",
    );
  }
}

/** @param {Size} size */
function checkSize({ height, width }) {
  if (height * width <= MAX_PIXELS) return;
  const { message } = unsupported(
    `the picture has ${width} x ${height} = ${((width * height) / 1e6).toFixed(1)} megapixels; at ` +
      `most ${MAX_PIXELS / 1e6} are accepted in a browser`,
  );
  throw new ImageTooLarge(message);
}

/**
 * @param {Uint8Array} pixels RGB
 * @param {Uint8Array | null} alpha
 * @param {boolean} isGrey the mean of the three is kept
 */
function interleaved(pixels, alpha, isGrey) {
  if (!alpha && !isGrey) return pixels;
  const colours = isGrey ? 1 : 3;
  const channels = colours + (alpha ? 1 : 0);
  const count = pixels.length / 3;
  const samples = new Uint8Array(count * channels);
  for (let index = 0; index < count; index++) {
    const [from, to] = [3 * index, channels * index];
    const [red, green, blue] = [pixels[from], pixels[from + 1], pixels[from + 2]];
    if (isGrey) samples[to] = Math.floor((red + green + blue + 1) / 3);
    else samples.set([red, green, blue], to);
    if (alpha) samples[to + colours] = alpha[index];
  }
  return samples;
}
