// One axis of the network's stages: which of their rows, or columns, are computed together. The
// Python SDK's runtime/cpu/axis.py.

import { seen } from "../model/stages.js";

/** @import { Window } from "../model/stages.js" */

/**
 * @typedef {[start: number, stop: number]} Interval
 * @typedef {{ node: number, window: Window }} Read Of another node.
 * @typedef {{ reader: number, window: Window }} Reader
 *
 * @typedef {object} Piece Rows, or columns, that are computed together: `start` to `stop`, of which
 *   `ownStart` to `ownStop` are kept. The first may start, and the last stop, beyond the photo.
 * @property {number} start
 * @property {number} stop
 * @property {number} ownStart
 * @property {number} ownStop
 */

/** Number of the node that is not computed: the picture. */
export const PICTURE = 0;

/** A stage of the network, or the picture. They are numbered in the order in which they run. */
export class Node {
  /** Who reads it, and how. @type {Reader[]} */
  readers = [];

  /**
   * @param {number} level how often the resolution is halved
   * @param {number} [overlapPx] how far from a piece's border its values are wrong
   * @param {Read[]} [reads] in the order of the stage's inputs
   */
  constructor(level, overlapPx = 0, reads = []) {
    this.level = level;
    this.overlapPx = overlapPx;
    this.reads = reads;
    const doubled = reads.map(({ window }) => window).filter(({ isDoubled }) => isDoubled);
    /** Pieces are multiples of it, so that they end on whole pixels of coarser levels. */
    this.grainPx = doubled.length ? 2 : 1;
    this.offsetPx = Math.max(0, ...doubled.map(({ beforePx }) => beforePx));
  }

  /**
   * The last possible start of a piece at or before `start`; may lie a pixel before the photo.
   *
   * @param {number} start
   */
  aligned(start) {
    return start - modulo(start - this.offsetPx, this.grainPx);
  }

  /**
   * Where a piece starts that keeps what lies behind `ownStart`.
   *
   * @param {number} ownStart
   */
  startOf(ownStart) {
    return this.overlapPx ? Math.max(ownStart - this.overlapPx, 0) : this.aligned(ownStart);
  }

  /**
   * How far the first piece reaches.
   *
   * @param {Interval} own
   * @param {number} ownPx
   */
  firstOwnStop(own, ownPx) {
    return this.startOf(own[0]) + this.overlapPx + ownPx;
  }

  /**
   * How many pieces there are where one does not do.
   *
   * @param {Interval} own
   * @param {number} sidePx
   * @param {number} ownPx
   * @param {number} firstStop
   */
  count(own, sidePx, ownPx, firstStop) {
    const beyond = Math.min(own[1], sidePx - this.overlapPx) - firstStop;
    return 1 + Math.max(Math.ceil(beyond / ownPx), 0);
  }

  /**
   * How much pieces of at most `longestPx` keep when as few and as short as possible.
   *
   * @param {Interval} own
   * @param {number} sidePx
   * @param {number} longestPx
   */
  fit(own, sidePx, longestPx) {
    const { grainPx: grain, overlapPx } = this;
    const most = Math.max(Math.floor((longestPx - 2 * overlapPx) / grain) * grain, grain);
    const pieces = this.count(own, sidePx, most, this.firstOwnStop(own, most));
    const start = this.startOf(own[0]) + overlapPx;
    const beyond = Math.min(own[1], sidePx - overlapPx) - start;
    return Math.max(Math.ceil(beyond / (pieces * grain)) * grain, grain);
  }
}

/** Pieces of one length that together keep `own`, each pixel once; worked out when asked for. */
export class Pieces {
  /**
   * @param {Node} node
   * @param {Interval} own
   * @param {number} sidePx the padded photo's, at the node's level
   * @param {number} ownPx how much a piece keeps, a multiple of the grain; more at the photo's border
   * @param {number} [firstStop] how far the first piece keeps, `aligned`; by default as far as it
   *   reaches
   */
  constructor(node, own, sidePx, ownPx, firstStop = node.firstOwnStop(own, ownPx)) {
    const { overlapPx } = node;
    this.node = node;
    this.own = own;
    this.ownPx = ownPx;
    this.firstStop = firstStop;
    this.lengthPx = overlapPx ? Math.min(ownPx + 2 * overlapPx, sidePx) : ownPx;
    this.lastStart = overlapPx ? sidePx - this.lengthPx : Infinity;
    const firstEnd = this.#startOf(own[0]) + this.lengthPx;
    const isOne = firstEnd >= Math.min(own[1] + overlapPx, sidePx);
    this.count = isOne ? 1 : node.count(own, sidePx, ownPx, firstStop);
  }

  /** From the start of the first to the stop of the last. @returns {Interval} */
  get span() {
    return [this.start(0), this.start(this.count - 1) + this.lengthPx];
  }

  /** How much they keep together. */
  get ownLengthPx() {
    return this.own[1] - this.own[0];
  }

  /** @param {number} index */
  start(index) {
    return this.#startOf(this.#ownStart(index));
  }

  /** @param {number} index */
  stop(index) {
    return this.start(index) + this.lengthPx;
  }

  /** @param {number} index */
  ownStop(index) {
    return index === this.count - 1 ? this.own[1] : this.#ownStart(index + 1);
  }

  /**
   * How many it takes to have everything before `stop`, or all there are.
   *
   * @param {number} stop
   */
  downTo(stop) {
    const further = Math.max(Math.ceil((stop - this.firstStop) / this.ownPx), 0);
    return Math.min(further + 1, this.count);
  }

  /**
   * @param {number} index
   * @returns {Piece}
   */
  at(index) {
    const [start, ownStart] = [this.start(index), this.#ownStart(index)];
    return { start, stop: start + this.lengthPx, ownStart, ownStop: this.ownStop(index) };
  }

  /** @returns {Piece[]} */
  all() {
    return Array.from({ length: this.count }, (_, index) => this.at(index));
  }

  /** @param {number} index */
  #ownStart(index) {
    return index ? this.firstStop + (index - 1) * this.ownPx : this.own[0];
  }

  /** @param {number} ownStart */
  #startOf(ownStart) {
    return Math.min(this.node.startOf(ownStart), this.lastStart);
  }
}

/**
 * What a node must supply for the pieces of those that read it, inside the photo.
 *
 * @param {Node[]} nodes
 * @param {Pieces[]} pieces of each node
 * @param {number} number
 * @param {number} sidePx
 * @returns {Interval}
 */
export function wanted(nodes, pieces, number, sidePx) {
  const spans = nodes[number].readers.map(({ reader, window }) =>
    seen(window, ...pieces[reader].span),
  );
  const first = Math.min(...spans.map(([start]) => start));
  const stop = Math.max(...spans.map(([, end]) => end));
  return [Math.max(first, 0), Math.min(stop, sidePx)];
}

/**
 * The remainder that is never negative.
 *
 * @param {number} value
 * @param {number} step
 */
export const modulo = (value, step) => ((value % step) + step) % step;
