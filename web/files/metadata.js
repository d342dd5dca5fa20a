// What a file says besides its pixels, whatever its format.

import { toLatin1 } from "./bytes.js";
import { makeUpright } from "./exif.js";
import { isTransposed } from "./orientation.js";

/** @import { Size } from "../plan.js" */
/** @import { Followers } from "./followers.js" */

/**
 * @typedef {{ name: string, payload: Uint8Array }} Piece A JPEG segment or a PNG chunk.
 * @typedef {{ quality: number, is444: boolean, progressive: boolean }} JpegHints How a JPEG file
 *   was compressed.
 *
 * @typedef {object} Metadata
 * @property {"JPEG" | "PNG" | "WEBP" | null} format
 * @property {Size | null} stored size before the picture is turned upright
 * @property {number} orientation as EXIF says; 1 where the browser has turned the picture
 * @property {boolean} isGrey
 * @property {boolean} hasAlpha
 * @property {Blob} bare the file without anything that a browser might act on
 * @property {Uint8Array | null} exif from its byte order mark on
 * @property {Uint8Array | null} icc
 * @property {[number, number] | null} colourCodes primaries and transfer curve (ITU-T H.273), where
 *   they stand in for a profile
 * @property {Uint8Array | null} xmp
 * @property {[number, number] | null} dpi horizontal, vertical
 * @property {JpegHints | null} jpeg
 * @property {Piece[]} own what only a file of the same format holds
 * @property {Followers | null} followers what follows a JPEG picture
 * @property {string[]} notes what was left out, in words for the user
 */

/** @type {Omit<Metadata, "bare">} */
export const NO_METADATA = {
  format: null,
  stored: null,
  orientation: 1,
  isGrey: false,
  hasAlpha: false,
  exif: null,
  icc: null,
  colourCodes: null,
  xmp: null,
  dpi: null,
  jpeg: null,
  own: [],
  followers: null,
  notes: [],
};

/**
 * The metadata of a picture that was turned upright.
 *
 * @param {Metadata} metadata
 * @param {Size} size of the upright picture
 * @returns {Metadata}
 */
export function upright(metadata, size) {
  const { orientation, exif, xmp, dpi } = metadata;
  return {
    ...metadata,
    orientation: 1,
    exif: exif && makeUpright(exif, size),
    xmp: xmp && orientation !== 1 ? uprightXmp(xmp) : xmp,
    dpi: dpi && isTransposed(orientation) ? [dpi[1], dpi[0]] : dpi,
  };
}

const XMP_ORIENTATION = /(tiff:Orientation\s*(?:=\s*["']|>)\s*)[1-8](?=\s*["'<])/g;

/** @param {Uint8Array} xmp */
function uprightXmp(xmp) {
  const changed = xmp.slice();
  for (const found of toLatin1(xmp).matchAll(XMP_ORIENTATION)) {
    changed[found.index + found[1].length] = "1".charCodeAt(0);
  }
  return changed;
}
