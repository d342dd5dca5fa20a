// One axis of the network's stages: which of their rows, or columns, are computed together. The
// Python SDK's runtime/cpu/axis.py.

import { seen } from "../model/stages.js";

/** @import { Window } from "../model/stages.js" */

/**
 * @typedef {[start: number, stop: number]} Interval
 * @typedef {{ node: number, window: Window }} Read Of another node.
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
   * How much a piece that keeps `ownPx`, a multiple of the grain, computes.
   *
   * @param {number} ownPx
   * @param {number} sidePx
   */
  lengthPx(ownPx, sidePx) {
    return this.overlapPx ? Math.min(ownPx + 2 * this.overlapPx, sidePx) : ownPx;
  }
}

/**
 * Pieces of one length that together keep `own`, each pixel once.
 *
 * @param {Node} node
 * @param {Interval} own
 * @param {number} sidePx the padded photo's, at the node's level
 * @param {number} ownPx how much a piece keeps, a multiple of the grain; more at the photo's border
 * @param {number} [firstStop] where the first piece ends; by default as far as it reaches
 * @returns {Piece[]}
 */
export function cutAxis(node, own, sidePx, ownPx, firstStop = firstOwnStop(node, own, ownPx)) {
  const length = node.lengthPx(ownPx, sidePx);
  const end = own[1];
  const pieces = [];
  for (let [ownStart] = own, stop = firstStop; ownStart < end; stop += ownPx) {
    let start = startOf(node, ownStart);
    if (node.overlapPx) start = Math.min(start, sidePx - length);
    const isLast = start + length >= Math.min(end + node.overlapPx, sidePx);
    const ownStop = isLast ? end : stop;
    pieces.push({ start, stop: start + length, ownStart, ownStop });
    ownStart = ownStop;
  }
  return pieces;
}

/**
 * How far the first piece reaches.
 *
 * @param {Node} node
 * @param {Interval} own
 * @param {number} ownPx
 */
export const firstOwnStop = (node, own, ownPx) => startOf(node, own[0]) + node.overlapPx + ownPx;

/**
 * How many pieces `cutAxis` makes.
 *
 * @param {Node} node
 * @param {Interval} own
 * @param {number} sidePx
 * @param {number} ownPx
 * @param {number} firstStop
 */
export function countPieces(node, own, sidePx, ownPx, firstStop) {
  const beyond = Math.min(own[1], sidePx - node.overlapPx) - firstStop;
  return 1 + Math.max(Math.ceil(beyond / ownPx), 0);
}

/**
 * How much pieces of at most `longestPx` keep when as few and as short as possible.
 *
 * @param {Node} node
 * @param {Interval} own
 * @param {number} sidePx
 * @param {number} longestPx
 */
export function fit(node, own, sidePx, longestPx) {
  const grain = node.grainPx;
  const most = Math.max(Math.floor((longestPx - 2 * node.overlapPx) / grain) * grain, grain);
  const pieces = countPieces(node, own, sidePx, most, firstOwnStop(node, own, most));
  const start = startOf(node, own[0]) + node.overlapPx;
  const beyond = Math.min(own[1], sidePx - node.overlapPx) - start;
  return Math.max(Math.ceil(beyond / (pieces * grain)) * grain, grain);
}

/**
 * What a node must supply for the pieces of those that read it, inside the photo.
 *
 * @param {Node[]} nodes
 * @param {Piece[][]} pieces of each node
 * @param {number} number
 * @param {number} sidePx
 * @returns {Interval}
 */
export function wanted(nodes, pieces, number, sidePx) {
  const spans = readers(nodes, number).map(({ reader, window }) => {
    const own = pieces[reader];
    return seen(window, own[0].start, own[own.length - 1].stop);
  });
  const first = Math.min(...spans.map(([start]) => start));
  const stop = Math.max(...spans.map(([, end]) => end));
  return [Math.max(first, 0), Math.min(stop, sidePx)];
}

/**
 * Who reads a node, and how.
 *
 * @param {Node[]} nodes
 * @param {number} number
 */
export function readers(nodes, number) {
  return nodes.flatMap(({ reads }, reader) =>
    reads.filter(({ node }) => node === number).map(({ window }) => ({ reader, window })),
  );
}

/**
 * The remainder that is never negative.
 *
 * @param {number} value
 * @param {number} step
 */
export const modulo = (value, step) => ((value % step) + step) % step;

/**
 * @param {Node} node
 * @param {number} ownStart
 */
const startOf = (node, ownStart) =>
  node.overlapPx ? Math.max(ownStart - node.overlapPx, 0) : node.aligned(ownStart);
