// Edits to an EXIF block that move nothing already in it: maker notes hold offsets that
// only their maker can read (CIPA DC-008, EXIF 2.32). The block is a small TIFF file. What cannot
// be read in it comes back as it is.

import { joined, latin1, viewOf } from "./bytes.js";

/** @import { Size } from "../plan.js" */

/** @typedef {{ tag: number, kind: number, count: number, at: number }} Entry */

const ORIENTATION = 0x0112;
const SOFTWARE = 0x0131;
const EXIF_POINTER = 0x8769;
const [WIDTH, HEIGHT, PIXEL_X, PIXEL_Y] = [0x0100, 0x0101, 0xa002, 0xa003];
const [ASCII, SHORT, LONG] = [2, 3, 4];
const ENTRY_BYTES = 12;
const KINDS = 12;

/** @param {Uint8Array | null} exif from 1 to 8; 1 when it is absent, unreadable or out of range */
export function readOrientation(exif) {
  const value = attempt(() => {
    if (!exif) return 1;
    const block = new Block(exif);
    const entry = block.entries(block.first).find(({ tag }) => tag === ORIENTATION);
    return entry ? block.number(entry) : 1;
  });
  return value !== undefined && value >= 1 && value <= 8 ? value : 1;
}

/**
 * The block of a picture that was turned upright: Orientation is 1, the recorded sides are the
 * picture's, and the thumbnail, which shows the noisy picture, is unlinked.
 *
 * @param {Uint8Array} exif
 * @param {Size} size
 * @returns {Uint8Array}
 */
export function makeUpright(exif, { height, width }) {
  const changed = exif.slice();
  attempt(() => {
    const block = new Block(changed);
    const entries = block.entries(block.first);
    block.overwrite(entries, { [ORIENTATION]: 1, [WIDTH]: width, [HEIGHT]: height });
    block.view.setUint32(block.first + 2 + ENTRY_BYTES * entries.length, 0, block.little);
    const pointer = entries.find(({ tag }) => tag === EXIF_POINTER);
    if (!pointer) return;
    const inner = block.entries(block.number(pointer));
    block.overwrite(inner, { [PIXEL_X]: width, [PIXEL_Y]: height });
  });
  return changed;
}

/**
 * The block with a Software tag, unless it has one or cannot be read.
 *
 * @param {Uint8Array | null} exif
 * @param {string} software
 * @returns {Uint8Array}
 */
export function stamp(exif, software) {
  if (!exif) return stamp(latin1("II*\0\x08\0\0\0\0\0\0\0\0\0"), software);
  const stamped = attempt(() => {
    const block = new Block(exif);
    const entries = block.entries(block.first);
    if (entries.some(({ tag }) => tag === SOFTWARE)) return exif;
    const next = block.view.getUint32(block.first + 2 + ENTRY_BYTES * entries.length, block.little);
    const known = entries.filter(({ kind }) => kind >= 1 && kind <= KINDS);
    const kept = known.map(({ tag, at }) => ({ tag, raw: exif.slice(at, at + ENTRY_BYTES) }));
    return withDirectory(exif, block.little, kept, latin1(`${software}\0`), next);
  });
  return stamped ?? exif;
}

/**
 * @param {Uint8Array} exif
 * @param {boolean} little byte order
 * @param {{ tag: number, raw: Uint8Array }[]} kept
 * @param {Uint8Array} software longer than four bytes
 * @param {number} next where the directory after this one lies
 */
function withDirectory(exif, little, kept, software, next) {
  const start = exif.length + (exif.length % 2);
  const count = kept.length + 1;
  const text = start + 2 + ENTRY_BYTES * count + 4;
  const own = new Uint8Array(ENTRY_BYTES);
  const entry = viewOf(own);
  entry.setUint16(0, SOFTWARE, little);
  entry.setUint16(2, ASCII, little);
  entry.setUint32(4, software.length, little);
  entry.setUint32(8, text, little);
  const entries = [...kept, { tag: SOFTWARE, raw: own }].sort((one, two) => one.tag - two.tag);
  const directory = new Uint8Array(text - start);
  viewOf(directory).setUint16(0, count, little);
  entries.forEach(({ raw }, index) => directory.set(raw, 2 + ENTRY_BYTES * index));
  viewOf(directory).setUint32(directory.length - 4, next, little);
  const whole = joined([exif, new Uint8Array(start - exif.length), directory, software]);
  viewOf(whole).setUint32(4, start, little);
  return whole;
}

class Block {
  /** @param {Uint8Array} bytes RangeError where it is no EXIF block. */
  constructor(bytes) {
    this.view = viewOf(bytes);
    const order = this.view.getUint16(0);
    this.little = order === 0x4949;
    if (!(this.little || order === 0x4d4d) || this.view.getUint16(2, this.little) !== 42) {
      throw new RangeError("no TIFF header");
    }
    this.first = this.view.getUint32(4, this.little);
  }

  /**
   * @param {number} start of a directory
   * @returns {Entry[]}
   */
  entries(start) {
    const count = this.view.getUint16(start, this.little);
    return Array.from({ length: count }, (_, index) => {
      const at = start + 2 + ENTRY_BYTES * index;
      const [tag, kind] = [0, 2].map((offset) => this.view.getUint16(at + offset, this.little));
      return { tag, kind, count: this.view.getUint32(at + 4, this.little), at };
    });
  }

  /** @param {Entry} entry with a whole number */
  number({ kind, at }) {
    if (kind === SHORT) return this.view.getUint16(at + 8, this.little);
    if (kind === LONG) return this.view.getUint32(at + 8, this.little);
    throw new RangeError("not a whole number");
  }

  /**
   * Changes single numbers, in the kind that they have.
   *
   * @param {Entry[]} entries
   * @param {Record<number, number>} values
   */
  overwrite(entries, values) {
    for (const { tag, kind, count, at } of entries) {
      const value = values[tag];
      if (value === undefined || count !== 1) continue;
      if (kind === SHORT && value < 65_536) this.view.setUint16(at + 8, value, this.little);
      if (kind === LONG) this.view.setUint32(at + 8, value, this.little);
    }
  }
}

/**
 * What `read` gives; undefined where the block ends before what it points to.
 *
 * @template T
 * @param {() => T} read
 */
function attempt(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
