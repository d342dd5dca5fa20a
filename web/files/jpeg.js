// The segments of a JPEG file (ITU-T T.81, annex B): what they say is read before the browser
// decodes the picture, and put back around the new one.

import { UnreadableImage } from "../errors.js";
import { blobOf, joined, latin1, startsWith, toLatin1, viewOf } from "./bytes.js";
import { readOrientation } from "./exif.js";
import { readFollowers, patchedIndex, withoutClaims } from "./followers.js";
import { NO_METADATA } from "./metadata.js";
import { unsupported } from "./sniff.js";

/** @import { Metadata, Piece } from "./metadata.js" */

/**
 * @typedef {{ marker: number, at: number, payload: Uint8Array }} Segment `at`: of the payload.
 * @typedef {{ segments: Segment[], frame: Segment, scan: number, end: number }} Structure
 *   `scan`: where the first scan begins.
 */

const [SOI, EOI, SOS, DQT, COM] = [0xd8, 0xd9, 0xda, 0xdb, 0xfe];
const [APP0, APP15] = [0xe0, 0xef];
const PROGRESSIVE = 0xc2;
const NO_FRAMES = [0xc4, 0xc8, 0xcc];
const LOSSLESS = [0xc3, 0xc7, 0xcb, 0xcf];

export const EXIF = "Exif\0\0";
export const XMP = "http://ns.adobe.com/xap/1.0/\0";
const ICC = "ICC_PROFILE\0";
export const MPF = "MPF\0";
const MAX_PAYLOAD = 65_533;

/**
 * @param {Uint8Array} data the whole file
 * @returns {Metadata}
 * @throws {UnreadableImage} damaged or cut short
 * @throws {UnsupportedImage} CMYK, 12 bits, or coded without loss
 */
export function readJpeg(data) {
  const structure = findSegments(data);
  const { segments, frame } = structure;
  checkFrame(frame);
  const find = (/** @type {string} */ start) =>
    segments.find(({ payload }) => startsWith(payload, start))?.payload.slice(start.length) ?? null;
  const exif = find(EXIF);
  const orientation = readOrientation(exif);
  const frameView = viewOf(frame.payload);
  const followers = readFollowers(data, structure, orientation);
  /** @type {string[]} */
  const notes = [...followers.notes];
  const own = segments
    .filter(({ marker }) => marker === COM || isApp(marker))
    .flatMap((one) => {
      const piece = { name: nameOf(one.marker), payload: one.payload };
      const reason = reasonToDrop(piece);
      if (reason) notes.push(reason);
      return reason === null ? [piece] : [];
    });
  const xmp = find(XMP);
  return {
    ...NO_METADATA,
    format: "JPEG",
    stored: { height: frameView.getUint16(1), width: frameView.getUint16(3) },
    orientation,
    isGrey: frame.payload[5] === 1,
    bare: bareOf(data, structure),
    exif,
    icc: profileOf(segments),
    xmp: xmp && followers.isLeftOut ? withoutClaims(xmp) : xmp,
    dpi: densityOf(segments),
    jpeg: hintsOf(segments, frame),
    own,
    followers,
    notes,
  };
}

/**
 * A freshly encoded JPEG picture with the metadata put into it.
 *
 * @param {Uint8Array} encoded
 * @param {Metadata} metadata
 * @returns {Blob}
 */
export function writeJpeg(encoded, metadata) {
  const { segments } = findSegments(encoded);
  const [jfif] = segments;
  const head = encoded.slice(0, jfif.at + jfif.payload.length);
  if (metadata.dpi) {
    head[jfif.at + 7] = 1; // dots per inch
    metadata.dpi.forEach((dpi, axis) =>
      viewOf(head).setUint16(jfif.at + 8 + 2 * axis, Math.round(dpi)),
    );
  }
  const parts = [head];
  const add = (/** @type {string} */ name, /** @type {Uint8Array} */ payload) => {
    if (payload.length <= MAX_PAYLOAD) parts.push(segmentBytes(name, payload));
  };
  if (metadata.exif) add("APP1", joined([latin1(EXIF), metadata.exif]));
  if (metadata.xmp) add("APP1", joined([latin1(XMP), metadata.xmp]));
  for (const { name, payload } of metadata.format === "JPEG" ? metadata.own : [])
    add(name, payload);
  for (const payload of profileParts(metadata.icc)) add("APP2", payload);
  const rest = encoded.subarray(head.length);
  const { followers } = metadata;
  if (!followers?.data.length) return blobOf([...parts, rest], "image/jpeg");
  if (followers.index) {
    const at = parts.reduce((total, { length }) => total + length, 4);
    const size = at + followers.index.payload.length + rest.length;
    add("APP2", patchedIndex(followers.index, size, at));
  }
  return blobOf([...parts, rest, followers.data], "image/jpeg");
}

/**
 * @param {Uint8Array} data
 * @param {number} [start] where the picture begins
 * @returns {Structure} of one picture
 * @throws {UnreadableImage} no whole picture
 */
export function findSegments(data, start = 0) {
  /** @type {Segment[]} */
  const segments = [];
  let scan = 0;
  let at = start + 2;
  while ((at = data.indexOf(0xff, at)) >= 0 && at + 1 < data.length) {
    const marker = data[at + 1];
    if (marker === EOI && scan) {
      const frame = segments.find((one) => isFrame(one.marker));
      if (!frame) break;
      return { segments, frame, scan, end: at + 2 };
    }
    if (marker === 0xff || marker === 0 || (marker >= 0xd0 && marker <= SOI) || marker === 1) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const length = (data[at + 2] << 8) | data[at + 3];
    const stop = at + 2 + length;
    if (!(stop <= data.length)) break;
    if (marker === SOS) scan ||= at;
    if (!scan) segments.push({ marker, at: at + 4, payload: data.subarray(at + 4, stop) });
    at = stop;
  }
  throw new UnreadableImage(
    "the JPEG file is damaged or cut short (it ends before its end marker); get the file again " +
      "from its source",
  );
}

/** @param {Segment} frame */
function checkFrame({ marker, payload }) {
  const [depth, components] = [payload[0], payload[5]];
  if (depth !== 8) throw unsupported(`the JPEG file has ${depth} bits a sample, expected 8`);
  if (LOSSLESS.includes(marker)) throw unsupported("the JPEG file is coded without loss");
  if (components !== 1 && components !== 3) {
    throw unsupported(`the JPEG file has ${components} colour components (CMYK), expected 1 or 3`);
  }
}

/** @param {number} marker */
const isApp = (marker) => marker >= APP0 && marker <= APP15;

/** @param {number} marker */
const isFrame = (marker) => marker >= 0xc0 && marker <= 0xcf && !NO_FRAMES.includes(marker);

/** @param {number} marker */
const nameOf = (marker) => (marker === COM ? "COM" : `APP${marker - APP0}`);

/**
 * @param {string} name
 * @param {Uint8Array} payload
 */
function segmentBytes(name, payload) {
  const marker = name === "COM" ? COM : APP0 + Number(name.slice(3));
  const head = new Uint8Array([0xff, marker, 0, 0]);
  viewOf(head).setUint16(2, payload.length + 2);
  return joined([head, payload]);
}

/**
 * Null to keep a segment; "" where it is written anew or says nothing that stays true.
 *
 * @param {Piece} piece
 */
function reasonToDrop({ name, payload }) {
  if (name === "APP0" || name === "APP14") return ""; // JFIF with its thumbnail; colour transform
  if ([EXIF, XMP, ICC, MPF].some((start) => startsWith(payload, start))) return "";
  if (name !== "APP11") return null;
  return toLatin1(payload).includes("c2pa")
    ? "the content credentials (C2PA) were left out: they are signed for the picture as it was"
    : "JPEG XT and JUMBF boxes were left out: they complete the picture as it was";
}

/**
 * The picture alone, so that no browser turns it or changes its colours.
 *
 * @param {Uint8Array} data
 * @param {Structure} structure
 */
function bareOf(data, { segments, scan, end }) {
  const adobe = APP0 + 14;
  const kept = segments.filter(({ marker }) => !isApp(marker) || marker === adobe);
  const parts = kept.map(({ at, payload }) => data.subarray(at - 4, at + payload.length));
  return blobOf([data.subarray(0, 2), ...parts, data.subarray(scan, end)], "image/jpeg");
}

/** @param {Segment[]} segments */
function profileOf(segments) {
  const parts = segments.filter(({ payload }) => startsWith(payload, ICC));
  parts.sort((one, two) => one.payload[ICC.length] - two.payload[ICC.length]);
  return parts.length ? joined(parts.map(({ payload }) => payload.slice(ICC.length + 2))) : null;
}

/** @param {Uint8Array | null} icc */
function profileParts(icc) {
  if (!icc) return [];
  const most = MAX_PAYLOAD - ICC.length - 2;
  const count = Math.ceil(icc.length / most);
  return Array.from({ length: count }, (_, index) =>
    joined([
      latin1(ICC),
      new Uint8Array([index + 1, count]),
      icc.subarray(index * most, (index + 1) * most),
    ]),
  );
}

const CM_PER_INCH = 2.54;

/**
 * @param {Segment[]} segments
 * @returns {[number, number] | null}
 */
function densityOf(segments) {
  const jfif = segments.find(
    ({ marker, payload }) => marker === APP0 && startsWith(payload, "JFIF\0"),
  );
  if (!jfif || jfif.payload.length < 12 || !jfif.payload[7]) return null;
  const unit = jfif.payload[7] === 2 ? CM_PER_INCH : 1;
  const view = viewOf(jfif.payload);
  const [x, y] = [view.getUint16(8) * unit, view.getUint16(10) * unit];
  return x && y ? [x, y] : null;
}

/** Of quality 50 (ITU-T T.81, annex K.1), in zigzag order. */
const LUMA_TABLE = [
  16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
  29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
  95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];

/**
 * @param {Segment[]} segments
 * @param {Segment} frame
 */
function hintsOf(segments, frame) {
  const table = segments.find(({ marker, payload }) => marker === DQT && !(payload[0] & 0x0f));
  const is16bit = table && table.payload[0] >> 4;
  const divisors = table?.payload.subarray(1, 65) ?? new Uint8Array();
  // What is subsampled in another way is not subsampled at all in the new file.
  const [luma, blue, red] = [7, 10, 13].map((at) => frame.payload[at]);
  const is420 = luma === 0x22 && blue === 0x11 && red === 0x11;
  return {
    quality: is16bit ? 50 : qualityOf(divisors),
    is444: !is420,
    progressive: frame.marker === PROGRESSIVE,
  };
}

/**
 * The lowest quality of libjpeg's scale whose luma table is no coarser than this one.
 *
 * @param {Uint8Array} divisors
 */
function qualityOf(divisors) {
  const sum = (/** @type {Iterable<number>} */ values) => [...values].reduce((a, b) => a + b, 0);
  const wanted = sum(divisors);
  for (let quality = 1; quality < 100; quality++) {
    const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    const scaled = LUMA_TABLE.map((value) =>
      Math.min(255, Math.max(1, Math.floor((value * scale + 50) / 100))),
    );
    if (sum(scaled) <= wanted) return quality;
  }
  return 100;
}
