// The columns of a strip of the photo, cut for every node. The Python SDK's runtime/cpu/columns.py.

import { cutAxis, fit, PICTURE, wanted } from "./axis.js";

/** @import { Interval, Node, Piece } from "./axis.js" */

/**
 * The pieces of every node, from left to right; the picture is a single one.
 *
 * @param {Node[]} nodes
 * @param {number} sidePx width of the padded photo
 * @param {Interval} kept the strip's columns in it
 * @param {number[]} ownPx how much of each node a piece keeps
 * @returns {Piece[][]}
 */
export function cutColumns(nodes, sidePx, kept, ownPx) {
  return walk(nodes, sidePx, kept, (number) => ownPx[number]);
}

/**
 * How much of each node pieces of at most `longestPx` keep for the least work.
 *
 * @param {Node[]} nodes
 * @param {number} sidePx
 * @param {Interval} kept
 * @param {number[]} longestPx of each node
 * @returns {number[]}
 */
export function fitColumns(nodes, sidePx, kept, longestPx) {
  const chosen = nodes.map(() => sidePx);
  walk(nodes, sidePx, kept, (number, own, side) => {
    if (number !== PICTURE) chosen[number] = fit(nodes[number], own, side, longestPx[number]);
    return chosen[number];
  });
  return chosen;
}

/**
 * From the result back to the picture, as each node must supply what others read.
 *
 * @param {Node[]} nodes
 * @param {number} sidePx
 * @param {Interval} kept
 * @param {(number: number, own: Interval, side: number) => number} ownPx
 */
function walk(nodes, sidePx, kept, ownPx) {
  /** @type {Piece[][]} */
  const pieces = nodes.map(() => []);
  for (let number = nodes.length - 1; number >= 0; number--) {
    const node = nodes[number];
    const side = sidePx >> node.level;
    const isResult = number === nodes.length - 1;
    const own = isResult ? kept : wanted(nodes, pieces, number, side);
    pieces[number] = cutAxis(node, own, side, ownPx(number, own, side));
  }
  return pieces;
}
