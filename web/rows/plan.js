// How a photo flows through the network, and what that costs. The Python SDK's runtime/cpu/plan.py.

/** @import { Size } from "../plan.js" */
/** @import { Interval, Pieces } from "./axis.js" */
/** @import { Staged } from "./nodes.js" */
/** @import { Schedule } from "./schedule.js" */

/**
 * @typedef {object} Parts What a plan is made of.
 * @property {Staged} network
 * @property {Size} padded size of the padded photo
 * @property {Interval} rows of it that are kept
 * @property {Interval[]} strips the same for columns, from left to right; each is computed from its
 *   top to its bottom before the next one
 * @property {Schedule} schedule which rows are computed when
 */

/** Photos from this size on do not exceed this work factor to save memory or tiles. */
const [LARGE_PX, MOST_WORK] = [1_000_000, 1.12];

/** The cost of handing a tile to LiteRT and back, in the network's own work. */
export const TILE_MACS = 10_000_000;

/** The cost of touching memory for the first time, likewise. */
export const BYTE_MACS = 10;

/** How a photo is computed. */
export class RowsPlan {
  /**
   * @param {Parts} parts
   * @param {Pieces[][]} columns how each strip is cut: the pieces of every node
   */
  constructor({ network, padded, rows, strips, schedule }, columns) {
    this.network = network;
    this.padded = padded;
    this.rows = rows;
    this.strips = strips;
    this.schedule = schedule;
    this.columns = columns;
    const { stages } = network;
    const { bands, ringRows } = schedule;
    /** The size of each stage's tiles. @type {Size[]} */
    this.tiles = stages.map((_, index) => {
      return { height: bands[index + 1].lengthPx, width: columns[0][index + 1].lengthPx };
    });
    /** The size of each stage's ring; the result has none. @type {Size[]} */
    this.rings = stages.slice(0, -1).map((_, index) => {
      const widths = columns.map((pieces) => pieces[index + 1].ownLengthPx);
      return { height: ringRows[index + 1], width: Math.max(...widths) };
    });
    /** How many tiles of each stage are computed. */
    this.tileCounts = stages.map((_, index) => {
      return bands[index + 1].count * sum(columns.map((pieces) => pieces[index + 1].count));
    });
  }

  /** Bands of rows of the result that are computed together, and strips. @returns {Size} */
  get grid() {
    const [last] = this.schedule.bands.slice(-1);
    return { height: last.count, width: this.strips.length };
  }

  /** Memory beyond the photo and its result. */
  get memoryBytes() {
    const { costs } = this.network;
    const tiles = sum(this.tiles.map((size, index) => costs[index].tileBytes * area(size)));
    const rings = sum(this.rings.map((size, index) => costs[index].rowBytes * area(size)));
    return Math.ceil(tiles + rings);
  }

  /** Multiplications with accumulation, of all tiles. */
  get macs() {
    const { costs } = this.network;
    const { tiles, tileCounts } = this;
    return sum(tiles.map((size, index) => costs[index].macs * area(size) * tileCounts[index]));
  }

  /** The work done, as a multiple of what the network needs for the requested pixels. */
  get workFactor() {
    return this.macs / this.#leastMacs;
  }

  /** In the network's own work; for large photos work beyond a bound counts a hundred times. */
  get time() {
    const { macs } = this;
    const beyond = Math.max(macs - MOST_WORK * this.#leastMacs, 0);
    const work = this.#areaPx >= LARGE_PX ? macs + 99 * beyond : macs;
    return work + TILE_MACS * sum(this.tileCounts) + BYTE_MACS * this.memoryBytes;
  }

  get #areaPx() {
    return (
      (this.rows[1] - this.rows[0]) * (this.strips[this.strips.length - 1][1] - this.strips[0][0])
    );
  }

  get #leastMacs() {
    return this.network.macsPerPx * this.#areaPx;
  }
}

/** @param {Size} size */
const area = ({ height, width }) => height * width;

/** @param {number[]} values */
export const sum = (values) => values.reduce((total, value) => total + value, 0);
