// The chunks of a WebP file (RFC 9649).

import { UnreadableImage } from "../errors.js";
import { blobOf, joined, latin1, toLatin1, viewOf } from "./bytes.js";
import { readOrientation } from "./exif.js";
import { NO_METADATA } from "./metadata.js";
import { unsupported } from "./sniff.js";

/** @import { Metadata, Piece } from "./metadata.js" */

const ALPHA_FLAG = 0x10;
const HEADER_BYTES = 12;

/** What a browser needs to decode the picture, and nothing that says how to show it. */
const BARE = ["VP8X", "ALPH", "VP8 ", "VP8L"];

/**
 * @param {Uint8Array} data the whole file
 * @returns {Metadata}
 * @throws {UnreadableImage} cut short
 * @throws {UnsupportedImage} animated
 */
export function readWebp(data) {
  const view = viewOf(data);
  if (data.length < 30 || view.getUint32(4, true) + 8 > data.length) {
    throw new UnreadableImage(
      "the WebP file is cut short: it holds fewer bytes than it states; get the file again from " +
        "its source",
    );
  }
  /** @type {Piece[]} */
  const chunks = [];
  for (let at = HEADER_BYTES; at + 8 <= data.length;) {
    const length = view.getUint32(at + 4, true);
    const name = toLatin1(data.subarray(at, at + 4));
    chunks.push({ name, payload: data.slice(at + 8, at + 8 + length) });
    at += 8 + length + (length % 2);
  }
  const find = (/** @type {string} */ wanted) =>
    chunks.find(({ name }) => name === wanted)?.payload ?? null;
  if (find("ANMF")) throw unsupported("the WebP file is animated");
  const exif = bareExif(find("EXIF"));
  const lossless = find("VP8L");
  const hasAlpha =
    find("ALPH") !== null || (lossless !== null && Boolean(lossless[4] & ALPHA_FLAG));
  const extended = find("VP8X");
  if (extended) extended[0] &= ALPHA_FLAG;
  return {
    ...NO_METADATA,
    format: "WEBP",
    orientation: readOrientation(exif),
    hasAlpha,
    bare: riff(chunks.filter(({ name }) => BARE.includes(name))),
    exif,
    icc: find("ICCP"),
    xmp: find("XMP "),
  };
}

/** @param {Piece[]} chunks */
function riff(chunks) {
  const parts = chunks.map(({ name, payload }) => {
    const head = joined([latin1(name), new Uint8Array(4)]);
    viewOf(head).setUint32(4, payload.length, true);
    return joined([head, payload, new Uint8Array(payload.length % 2)]);
  });
  const size = parts.reduce((total, { length }) => total + length, 4);
  const head = latin1("RIFF\0\0\0\0WEBP");
  viewOf(head).setUint32(4, size, true);
  return blobOf([head, ...parts], "image/webp");
}

/** @param {Uint8Array | null} exif Some writers put JPEG's header before the block. */
const bareExif = (exif) =>
  exif && toLatin1(exif.subarray(0, 4)) === "Exif" ? exif.slice(6) : exif;
