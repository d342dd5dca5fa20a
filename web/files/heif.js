// What an AVIF or HEIC file says about its picture (ISO/IEC 23008-12). The browser decodes it and
// turns it upright by the file's own marks, so that EXIF's orientation counts no more.

import { startsWith, toLatin1, viewOf } from "./bytes.js";
import { NO_METADATA } from "./metadata.js";
import { unsupported } from "./sniff.js";

/** @import { Metadata } from "./metadata.js" */
/** @import { Size } from "../plan.js" */

/** @typedef {{ type: string, content: Uint8Array }} Box */

const BRANDS = ["avif", "avis", "heic", "heix", "heim", "heis", "hevc", "mif1", "msf1"];
const XMP_TYPE = "application/rdf+xml";
const GAIN_MAP_LOST = "The HDR gain map in the file is left out.";
const IN_FILE = 0;

/** @param {Uint8Array} data */
export const isHeif = (data) =>
  startsWith(data, "ftyp", 4) && BRANDS.includes(toLatin1(data.subarray(8, 12)));

/**
 * @param {Uint8Array} data the whole file
 * @param {Metadata} otherwise what holds where the boxes cannot be read; the browser judges the file
 * @returns {Metadata}
 * @throws {UnsupportedImage} more than 8 bits
 */
export function readHeif(data, otherwise) {
  try {
    const meta = boxesIn(data).find(({ type }) => type === "meta");
    return meta ? { ...otherwise, ...new Meta(meta.content).describe(data) } : otherwise;
  } catch (error) {
    if (error instanceof RangeError) return otherwise;
    throw error;
  }
}

/** The box `meta`: its items, and what is said about the main one. */
class Meta {
  /** @param {Uint8Array} content */
  constructor(content) {
    this.boxes = boxesIn(content.subarray(4));
    const properties = boxesIn(this.#box("iprp"));
    const all = properties
      .filter(({ type }) => type === "ipco")
      .flatMap((one) => boxesIn(one.content));
    const main = new Reader(this.#box("pitm")).id((version) => version > 0);
    const indices = properties
      .filter(({ type }) => type === "ipma")
      .flatMap((one) => indicesOf(one.content, main));
    this.properties = all;
    this.ofMain = indices.map((index) => all[index - 1]).filter(Boolean);
    this.items = itemsIn(this.#box("iinf"));
  }

  /** @param {Uint8Array} file @returns {Partial<Metadata>} */
  describe(file) {
    const deepest = Math.max(
      8,
      ...this.#contents(this.properties, "pixi").flatMap((one) => [...one.subarray(5)]),
    );
    if (deepest > 8) throw unsupported(`the file has ${deepest} bits a channel, a browser reads 8`);
    const colours = this.#contents(this.ofMain, "colr");
    const profile = colours.find((one) => startsWith(one, "prof") || startsWith(one, "rICC"));
    const codes = colours.find((one) => startsWith(one, "nclx"));
    const auxiliary = this.#contents(this.properties, "auxC").map(toLatin1);
    const hasGainMap =
      auxiliary.some((text) => text.includes("hdrgainmap")) ||
      this.items.some(({ type }) => type === "tmap");
    const exif = this.#item(file, ({ type }) => type === "Exif");
    return {
      ...NO_METADATA,
      hasAlpha: auxiliary.some((text) => text.includes("alpha")),
      stored: this.#size(),
      exif: exif && exif.slice(4 + viewOf(exif).getUint32(0)),
      icc: profile?.slice(4) ?? null,
      colourCodes: codes ? [codes[5], codes[7]] : null,
      xmp: this.#item(file, ({ type, rest }) => type === "mime" && rest.includes(XMP_TYPE)),
      notes: hasGainMap ? [GAIN_MAP_LOST] : [],
    };
  }

  /** @returns {Size | null} */
  #size() {
    const [found] = this.#contents(this.ofMain, "ispe");
    if (!found) return null;
    return { width: viewOf(found).getUint32(4), height: viewOf(found).getUint32(8) };
  }

  /** @param {string} type */
  #box(type) {
    return this.boxes.find((one) => one.type === type)?.content ?? new Uint8Array();
  }

  /**
   * @param {Box[]} boxes
   * @param {string} type
   */
  #contents(boxes, type) {
    return boxes.filter((one) => one.type === type).map(({ content }) => content);
  }

  /**
   * An item's bytes, if it lies in the file in one piece.
   *
   * @param {Uint8Array} file
   * @param {(item: Item) => boolean} isWanted
   */
  #item(file, isWanted) {
    const item = this.items.find(isWanted);
    const found = item && placesIn(this.#box("iloc")).find(({ id }) => id === item.id);
    if (!found || found.start + found.length > file.length) return null;
    return file.slice(found.start, found.start + found.length);
  }
}

/** @typedef {{ id: number, type: string, rest: string }} Item */

/** @param {Uint8Array} content of `iinf` @returns {Item[]} */
function itemsIn(content) {
  const reader = new Reader(content);
  reader.id((version) => version > 0); // how many
  return boxesIn(reader.rest()).map((entry) => {
    const inner = new Reader(entry.content);
    const id = inner.id((version) => version > 2);
    inner.number(2); // protection
    const text = toLatin1(inner.rest());
    return { id, type: text.slice(0, 4), rest: text.slice(4) };
  });
}

/**
 * Numbers of the properties of an item, from 1 on.
 *
 * @param {Uint8Array} content of `ipma`
 * @param {number} wanted
 */
function indicesOf(content, wanted) {
  const reader = new Reader(content);
  const { version, flags } = reader;
  for (let left = reader.number(4); left > 0; left--) {
    const id = reader.number(version < 1 ? 2 : 4);
    const indices = Array.from({ length: reader.number(1) }, () =>
      flags & 1 ? reader.number(2) & 0x7fff : reader.number(1) & 0x7f,
    );
    if (id === wanted) return indices;
  }
  return [];
}

/** @param {Uint8Array} content of `iloc` */
function placesIn(content) {
  const reader = new Reader(content);
  const wide = reader.version < 2 ? 2 : 4;
  const sizes = reader.number(2);
  const [ofOffset, ofLength, ofBase, ofIndex] = [12, 8, 4, 0].map((shift) => (sizes >> shift) & 15);
  const places = [];
  for (let left = reader.number(wide); left > 0; left--) {
    const id = reader.number(wide);
    const method = reader.version > 0 ? reader.number(2) & 15 : IN_FILE;
    reader.number(2); // which file
    const base = reader.number(ofBase);
    const extents = Array.from({ length: reader.number(2) }, () => {
      if (reader.version > 0) reader.number(ofIndex);
      return { start: base + reader.number(ofOffset), length: reader.number(ofLength) };
    });
    if (method === IN_FILE && extents.length === 1) places.push({ id, ...extents[0] });
  }
  return places;
}

/** @param {Uint8Array} data @returns {Box[]} */
function boxesIn(data) {
  const view = viewOf(data);
  const boxes = [];
  for (let at = 0; at + 8 <= data.length;) {
    const type = toLatin1(data.subarray(at + 4, at + 8));
    const stated = view.getUint32(at);
    const head = stated === 1 ? 16 : 8;
    const size = stated === 1 ? Number(view.getBigUint64(at + 8)) : stated || data.length - at;
    if (size < head) throw new RangeError("a box shorter than its head");
    boxes.push({ type, content: data.subarray(at + head, at + size) });
    at += size;
  }
  return boxes;
}

/** The numbers in a box that begins with its version and flags. */
class Reader {
  #at = 4;

  /** @param {Uint8Array} content */
  constructor(content) {
    this.content = content;
    this.version = content.length ? content[0] : 0;
    this.flags = content.length ? viewOf(content).getUint32(0) & 0xffffff : 0;
  }

  /** @param {number} bytes */
  number(bytes) {
    if (this.#at + bytes > this.content.length) throw new RangeError("a box that is cut short");
    let value = 0;
    for (let left = bytes; left > 0; left--) value = 256 * value + this.content[this.#at++];
    return value;
  }

  /** @param {(version: number) => boolean} isWide whether it takes 4 bytes, not 2 */
  id(isWide) {
    return this.number(isWide(this.version) ? 4 : 2);
  }

  rest() {
    return this.content.subarray(this.#at);
  }
}
