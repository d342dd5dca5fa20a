// When each stage computes which rows, and when rows can be dropped. The last stage pulls: before
// each of its bands of rows every stage above computes the bands that it depends on, and no more.
// So what is held behind each stage is as short as possible, and its length is known before anything
// runs. The Python SDK's runtime/cpu/schedule.py; tests/golden/rows_of_the_page.json holds
// this to the rows that the SDK had before its stages were cut finer.

import { seen } from "../model/stages.js";
import { countPieces, cutAxis, firstOwnStop, modulo, readers, wanted } from "./axis.js";

/** @import { Interval, Node, Piece, Read } from "./axis.js" */

/**
 * @typedef {object} Pace How many rows are computed at a time.
 * @property {number} rowsPx of the result; a multiple of 16
 * @property {boolean} early a stage computes rows before they are needed if that saves it a band
 *
 * @typedef {object} Schedule
 * @property {Piece[][]} bands the rows that each node computes together, from the top down
 * @property {number[][]} done how many of them are done when a band of the result is; for each
 *   node, by the result's bands
 * @property {number[]} ringRows rows of each node that are held at a time; of the result, a band's
 */

/** How many of the result's bands the stages above may run ahead, as the SDK's workers do. */
const AHEAD = 1;

/**
 * @param {Node[]} nodes
 * @param {number} sidePx height of the padded photo
 * @param {Interval} kept the rows of it that are asked for
 * @param {Pace} pace
 * @returns {Schedule}
 */
export function schedule(nodes, sidePx, kept, pace) {
  /** @type {Piece[][]} */
  const bands = nodes.map(() => []);
  /** @type {number[][]} */
  const done = nodes.map(() => []);
  for (let number = nodes.length - 1; number >= 0; number--) {
    const side = sidePx >> nodes[number].level;
    const isResult = number === nodes.length - 1;
    const own = isResult ? kept : wanted(nodes, bands, number, side);
    const stops = isResult ? stopsOf(kept, pace) : needed(nodes, bands, done, number, side);
    bands[number] = bandsOf(nodes[number], own, side, stops, pace);
    done[number] = stops.map((stop) => bandsDownTo(bands[number], stop));
  }
  const ringRows = nodes.map((_, number) => ringRowsOf(nodes, bands, done, number));
  return { bands, done, ringRows };
}

/**
 * @param {Interval} kept
 * @param {Pace} pace
 */
function stopsOf([start, stop], { rowsPx }) {
  const stops = [];
  for (let at = start + rowsPx; at < stop; at += rowsPx) stops.push(at);
  return [...stops, stop];
}

/**
 * How far down a node must be for each band of the result.
 *
 * @param {Node[]} nodes
 * @param {Piece[][]} bands
 * @param {number[][]} done
 * @param {number} number
 * @param {number} sidePx
 */
function needed(nodes, bands, done, number, sidePx) {
  const by = readers(nodes, number);
  return done[nodes.length - 1].map((_, due) => {
    const stops = by.map(({ reader, window }) => {
      const { start, stop } = bands[reader][done[reader][due] - 1];
      return seen(window, start, stop)[1];
    });
    return Math.min(Math.max(...stops), sidePx);
  });
}

/**
 * Bands that end where they are needed, so that no rows are held for long. That makes the first
 * band shorter than the others, and may take one more than necessary; an early pace saves that one.
 *
 * @param {Node} node
 * @param {Interval} own
 * @param {number} sidePx
 * @param {number[]} stops where it must have come to for each band of the result
 * @param {Pace} pace
 */
function bandsOf(node, own, sidePx, stops, { rowsPx, early }) {
  const ownPx = rowsPx >> node.level;
  const furthest = firstOwnStop(node, own, ownPx);
  const beforeEnd = stops.filter((stop) => stop < own[1]);
  if (furthest >= own[1] || !beforeEnd.length) return cutAxis(node, own, sidePx, ownPx);
  const inTime = alignedUp(node, beforeEnd[beforeEnd.length - 1]);
  let firstStop = furthest - modulo(furthest - inTime, ownPx);
  const fewest = countPieces(node, own, sidePx, ownPx, furthest);
  if (early && countPieces(node, own, sidePx, ownPx, firstStop) > fewest) {
    const end = Math.min(own[1], sidePx - node.overlapPx);
    firstStop = Math.min(alignedUp(node, end - (fewest - 1) * ownPx), furthest);
  }
  return cutAxis(node, own, sidePx, ownPx, firstStop);
}

/**
 * @param {Node} node
 * @param {number} stop
 */
const alignedUp = (node, stop) => node.aligned(stop + node.grainPx - 1);

/**
 * The most rows between the first one still to be read and the last one computed.
 *
 * @param {Node[]} nodes
 * @param {Piece[][]} bands
 * @param {number[][]} done
 * @param {number} number
 */
function ringRowsOf(nodes, bands, done, number) {
  const by = readers(nodes, number);
  const own = bands[number];
  if (!by.length) return Math.max(...own.map(({ ownStart, ownStop }) => ownStop - ownStart));
  const lastDue = done[number].length - 1;
  const rows = done[number].map((_, due) => {
    const given = own[done[number][Math.min(due + AHEAD, lastDue)] - 1].ownStop;
    const tops = by.map(({ reader, window }) => {
      const next = bands[reader][due ? done[reader][due - 1] : 0];
      return next ? seen(window, next.start, next.stop)[0] : given;
    });
    return given - Math.max(Math.min(given, ...tops), own[0].ownStart);
  });
  return Math.max(...rows);
}

/**
 * How many bands it takes to have the rows above `stop`, or all there are.
 *
 * @param {Piece[]} pieces
 * @param {number} stop
 */
function bandsDownTo(pieces, stop) {
  const found = pieces.findIndex(({ ownStop }) => ownStop >= stop);
  return found < 0 ? pieces.length : found + 1;
}
