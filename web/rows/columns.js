// The columns of a strip of the photo, cut for every node. The Python SDK's runtime/cpu/columns.py.

import { PICTURE, Pieces, wanted } from "./axis.js";

/** @import { Interval, Node } from "./axis.js" */

/**
 * The pieces of every node, from left to right, for each strip; all strips are cut alike, for the
 * least work. The picture is a single piece.
 *
 * @param {Node[]} nodes
 * @param {number} sidePx width of the padded photo
 * @param {Interval[]} strips columns of it that are kept
 * @param {number[]} longestPx how long pieces of each node may be; of the picture all are taken
 * @returns {Pieces[][]}
 */
export function cutColumns(nodes, sidePx, strips, longestPx) {
  /** @type {OwnPx} */
  const fitting = (number, own, side) =>
    number === PICTURE ? sidePx : nodes[number].fit(own, side, longestPx[number]);
  if (strips.length === 1) return [walk(nodes, sidePx, strips[0], fitting)];
  // Those at the photo's sides are read less far, and so are narrower than those between them.
  const widest = strips.length > 2 ? strips.slice(1, 2) : strips;
  const cuts = widest.map((strip) => walk(nodes, sidePx, strip, fitting));
  const ownPx = nodes.map((_, number) => Math.max(...cuts.map((pieces) => pieces[number].ownPx)));
  return strips.map((strip) => walk(nodes, sidePx, strip, (number) => ownPx[number]));
}

/**
 * @typedef {(number: number, own: Interval, side: number) => number} OwnPx How much of a node a
 *   piece keeps.
 */

/**
 * From the result back to the picture, as each node must supply what others read.
 *
 * @param {Node[]} nodes
 * @param {number} sidePx
 * @param {Interval} kept
 * @param {OwnPx} ownPx
 */
function walk(nodes, sidePx, kept, ownPx) {
  /** @type {Pieces[]} */
  const pieces = Array(nodes.length);
  for (let number = nodes.length - 1; number >= 0; number--) {
    const node = nodes[number];
    const side = sidePx >> node.level;
    const own = node.readers.length ? wanted(nodes, pieces, number, side) : kept;
    pieces[number] = new Pieces(node, own, side, ownPx(number, own, side));
  }
  return pieces;
}
