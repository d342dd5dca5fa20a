// PNG files (PNG specification, third edition): what their chunks say, and writing new ones. Each
// row takes the filter with the smallest sum of absolute differences (section 12.7).

import { UnreadableImage } from "../errors.js";
import { blobOf, crc32, joined, latin1, piped, startsWith, toLatin1, viewOf } from "./bytes.js";
import { readOrientation } from "./exif.js";
import { NO_METADATA } from "./metadata.js";
import { unsupported } from "./sniff.js";

/** @import { Metadata, Piece } from "./metadata.js" */
/** @import { Size } from "../plan.js" */

const SIGNATURE = "\x89PNG\r\n\x1a\n";
const XMP_KEYWORD = "XML:com.adobe.xmp\0\0\0\0\0";
const INCHES_PER_M = 1 / 0.0254;
const PALETTE = 3;
const HAS_ALPHA = [4, 6];
const IS_GREY = [0, 4];
const FULL_RANGE_RGB = [0, 1];
const COLOUR_TYPES = [0, 0, 4, 2, 6]; // by number of channels

/** What a browser needs to decode the picture, and nothing that says how to show it. */
const BARE = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"];

/** What is read and written anew, or is true of the pixels as they were stored alone. */
const NOT_KEPT = [...BARE, "eXIf", "pHYs", "bKGD", "hIST", "sBIT", "tIME", "acTL", "fcTL", "fdAT"];

/**
 * @param {Uint8Array} data the whole file
 * @returns {Metadata}
 * @throws {UnreadableImage} damaged or cut short
 * @throws {UnsupportedImage} 16 bits, or an animation
 */
export function readPng(data) {
  const chunks = chunksOf(data);
  const find = (/** @type {string} */ wanted) =>
    chunks.find(({ name }) => name === wanted)?.payload ?? null;
  const header = viewOf(/** @type {Uint8Array} */ (find("IHDR")));
  const [depth, colour] = [header.getUint8(8), header.getUint8(9)];
  if (depth === 16) throw unsupported("the PNG file has 16 bits a channel, a browser reads 8");
  const animation = find("acTL");
  if (animation && viewOf(animation).getUint32(0) > 1)
    throw unsupported("the PNG file is animated");
  const exif = find("eXIf");
  const isXmp = (/** @type {Piece} */ { name, payload }) =>
    name === "iTXt" && startsWith(payload, XMP_KEYWORD);
  const xmp = chunks.find(isXmp)?.payload.slice(XMP_KEYWORD.length) ?? null;
  const bare = chunks.filter(({ name }) => BARE.includes(name));
  const own = chunks.filter((one) => !NOT_KEPT.includes(one.name) && !isXmp(one));
  return {
    ...NO_METADATA,
    format: "PNG",
    stored: { width: header.getUint32(0), height: header.getUint32(4) },
    orientation: readOrientation(exif),
    isGrey: IS_GREY.includes(colour),
    hasAlpha: HAS_ALPHA.includes(colour) || find("tRNS") !== null,
    bare: blobOf([latin1(SIGNATURE), ...bare.map(chunkBytes)], "image/png"),
    exif,
    xmp,
    dpi: resolutionOf(find("pHYs")),
    own,
  };
}

/**
 * @param {Uint8Array} samples interleaved, 1 to 4 channels
 * @param {Size} size
 * @param {number} channels
 * @param {Metadata} metadata
 * @returns {Promise<Blob>}
 */
export async function writePng(samples, { height, width }, channels, metadata) {
  const header = new Uint8Array(13);
  viewOf(header).setUint32(0, width);
  viewOf(header).setUint32(4, height);
  header.set([8, COLOUR_TYPES[channels]], 8);
  const lines = filtered(samples, width * channels, channels);
  const pixels = await piped(lines, new CompressionStream("deflate"));
  const pieces = [
    { name: "IHDR", payload: header },
    ...(await metadataChunks(metadata)),
    { name: "IDAT", payload: pixels },
    { name: "IEND", payload: new Uint8Array() },
  ];
  return blobOf([latin1(SIGNATURE), ...pieces.map(chunkBytes)], "image/png");
}

/** @param {Metadata} metadata @returns {Promise<Piece[]>} */
async function metadataChunks({ format, own, icc, colourCodes, dpi, exif, xmp }) {
  const pieces = format === "PNG" ? [...own] : [];
  if (icc) {
    const packed = await piped(icc, new CompressionStream("deflate"));
    pieces.push({ name: "iCCP", payload: joined([latin1("ICC profile\0\0"), packed]) });
  } else if (colourCodes) {
    pieces.push({ name: "cICP", payload: Uint8Array.of(...colourCodes, ...FULL_RANGE_RGB) });
  }
  if (dpi) {
    const payload = new Uint8Array(9);
    dpi.forEach((value, axis) =>
      viewOf(payload).setUint32(4 * axis, Math.round(value * INCHES_PER_M)),
    );
    payload[8] = 1; // per metre
    pieces.push({ name: "pHYs", payload });
  }
  if (exif) pieces.push({ name: "eXIf", payload: exif });
  if (xmp) pieces.push({ name: "iTXt", payload: joined([latin1(XMP_KEYWORD), xmp]) });
  return pieces;
}

/** @param {Uint8Array} data @returns {Piece[]} */
function chunksOf(data) {
  const view = viewOf(data);
  const chunks = [];
  for (let at = SIGNATURE.length; at + 12 <= data.length;) {
    const length = view.getUint32(at);
    const name = toLatin1(data.subarray(at + 4, at + 8));
    const stop = at + 8 + length;
    if (stop + 4 > data.length) break;
    if (view.getUint32(stop) !== crc32(data.subarray(at + 4, stop))) {
      throw damaged(`the checksum of a chunk ${name} is wrong`);
    }
    chunks.push({ name, payload: data.subarray(at + 8, stop) });
    if (name === "IEND") {
      const [first] = chunks;
      if (first.name === "IHDR" && first.payload.length === 13) return chunks;
      throw damaged("it does not begin with its header");
    }
    at = stop + 4;
  }
  throw damaged("it ends before its last chunk");
}

/** @param {Piece} piece */
function chunkBytes({ name, payload }) {
  const bytes = joined([new Uint8Array(4), latin1(name), payload, new Uint8Array(4)]);
  viewOf(bytes).setUint32(0, payload.length);
  viewOf(bytes).setUint32(bytes.length - 4, crc32(bytes.subarray(4, bytes.length - 4)));
  return bytes;
}

/** @param {Uint8Array | null} chunk @returns {[number, number] | null} */
function resolutionOf(chunk) {
  if (chunk?.length !== 9 || chunk[8] !== 1) return null;
  const [x, y] = [0, 4].map((at) => viewOf(chunk).getUint32(at) / INCHES_PER_M);
  return x && y ? [x, y] : null;
}

/**
 * Rows with their filter bytes.
 *
 * @param {Uint8Array} samples
 * @param {number} line bytes in a row
 * @param {number} step bytes to the same byte of the pixel on the left
 */
function filtered(samples, line, step) {
  const rows = samples.length / line;
  const result = new Uint8Array(rows * (line + 1));
  const candidates = [1, 2, 3, 4].map(() => new Uint8Array(line));
  const [left, up, mean, paeth] = candidates;
  for (let row = 0; row < rows; row++) {
    const start = row * line;
    const costs = [0, 0, 0, 0];
    for (let at = 0; at < line; at++) {
      const x = samples[start + at];
      const a = at < step ? 0 : samples[start + at - step];
      const b = row ? samples[start + at - line] : 0;
      const c = row && at >= step ? samples[start + at - line - step] : 0;
      costs[0] += magnitude((left[at] = x - a));
      costs[1] += magnitude((up[at] = x - b));
      costs[2] += magnitude((mean[at] = x - ((a + b) >> 1)));
      costs[3] += magnitude((paeth[at] = x - nearest(a, b, c)));
    }
    const best = costs.indexOf(Math.min(...costs));
    result[row * (line + 1)] = best + 1;
    result.set(candidates[best], row * (line + 1) + 1);
  }
  return result;
}

/** @param {number} difference of two bytes, as a signed byte */
const magnitude = (difference) => Math.abs((difference << 24) >> 24);

/**
 * @param {number} a on the left
 * @param {number} b above
 * @param {number} c above on the left
 */
function nearest(a, b, c) {
  const [toLeft, toUp, toCorner] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  if (toLeft <= toUp && toLeft <= toCorner) return a;
  return toUp <= toCorner ? b : c;
}

/** @param {string} reason */
const damaged = (reason) =>
  new UnreadableImage(
    `the PNG file is damaged or cut short (${reason}); get the file again from its source`,
  );
