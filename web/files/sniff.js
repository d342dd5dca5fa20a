// Which kind of file it is, by its first bytes, and which kinds are refused by name.

import { UnreadableImage, UnsupportedImage } from "../errors.js";
import { startsWith } from "./bytes.js";

/** @typedef {"JPEG" | "PNG" | "WEBP" | "OTHER"} Kind OTHER is what the browser may decode. */

export const HEAD_BYTES = 32;

const COMMAND = "The command on a computer can: litedenoise denoise PHOTO";

/** @type {[string, string][]} */
const FOREIGN = [
  ["II*\0", "TIFF and raw files are not read in a browser"],
  ["MM\0*", "TIFF and raw files are not read in a browser"],
  ["II+\0", "TIFF files are not read in a browser"],
  ["MM\0+", "TIFF files are not read in a browser"],
  ["FUJIFILMCCD-RAW", "raw files are not read in a browser"],
  ["IIU\0", "raw files are not read in a browser"],
  ["IIRO", "raw files are not read in a browser"],
  ["IIRS", "raw files are not read in a browser"],
  ["MMOR", "raw files are not read in a browser"],
];

/**
 * @param {Uint8Array} head the first HEAD_BYTES bytes
 * @returns {Kind}
 * @throws {UnreadableImage} an empty file
 * @throws {UnsupportedImage} a kind that no browser reads, but the command does
 */
export function sniff(head) {
  if (!head.length) throw new UnreadableImage("the file is empty; expected a photo");
  if (startsWith(head, "\xff\xd8\xff")) return "JPEG";
  if (startsWith(head, "\x89PNG\r\n\x1a\n")) return "PNG";
  if (startsWith(head, "RIFF") && startsWith(head, "WEBP", 8)) return "WEBP";
  const foreign = FOREIGN.find(([start]) => startsWith(head, start));
  if (foreign || startsWith(head, "ftypcrx ", 4)) {
    throw unsupported(foreign?.[1] ?? "raw files are not read in a browser");
  }
  return "OTHER";
}

/** @param {string} what A refusal that says who can do it. */
export const unsupported = (what) => new UnsupportedImage(`${what}. ${COMMAND}`);
