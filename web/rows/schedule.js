// When each stage computes which rows, and when rows can be dropped. The result pulls: before each
// of its steps every stage above computes the bands of rows that it depends on, and no more. So what
// is held behind each stage is as short as possible, and its length is known before anything runs.
// The Python SDK's runtime/cpu/schedule.py.

import { seen } from "../model/stages.js";
import { Pieces, modulo, wanted } from "./axis.js";

/** @import { Interval, Node } from "./axis.js" */

/**
 * @typedef {object} Pace How many rows are computed at a time.
 * @property {number} rowsPx of the result in a step; a multiple of 16
 * @property {boolean} early a stage computes rows before they are needed if that saves it a band
 *
 * @typedef {object} Schedule
 * @property {Pieces[]} bands the rows that each node computes together, from the top down
 * @property {number[][]} done how many of them are done after each step, for each node
 * @property {number[]} ringRows rows of each node that are held at a time; of the result, a band's
 */

/** Bands that overlap are so many times as long as others, so that less is computed twice. */
const LONGER = 2;

/** How many steps the stages above may run ahead, as the SDK's workers do. */
const AHEAD = 2;

/**
 * @param {Node[]} nodes
 * @param {number} sidePx height of the padded photo
 * @param {Interval} kept the rows of it that are asked for
 * @param {Pace} pace
 * @returns {Schedule}
 */
export function schedule(nodes, sidePx, kept, pace) {
  /** @type {Pieces[]} */
  const bands = Array(nodes.length);
  /** @type {number[][]} */
  const done = Array(nodes.length);
  for (let number = nodes.length - 1; number >= 0; number--) {
    const node = nodes[number];
    const side = sidePx >> node.level;
    const isRead = node.readers.length > 0;
    const own = isRead ? wanted(nodes, bands, number, side) : kept;
    const stops = isRead ? neededOf(node, bands, done, side) : stopsOf(kept, pace);
    bands[number] = bandsOf(node, own, side, stops, pace);
    done[number] = stops.map((stop) => bands[number].downTo(stop));
  }
  const ringRows = nodes.map((_, number) => ringRowsOf(nodes, bands, done, number));
  return { bands, done, ringRows };
}

/**
 * How many rows a node computes at a time, at its level.
 *
 * @param {Node} node
 * @param {number} rowsPx as in `Pace`
 */
export const bandRows = ({ level, overlapPx }, rowsPx) =>
  (rowsPx * (overlapPx ? LONGER : 1)) >> level;

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
 * How far down a node must be for each step.
 *
 * @param {Node} node
 * @param {Pieces[]} bands
 * @param {number[][]} done
 * @param {number} sidePx
 */
function neededOf({ readers }, bands, done, sidePx) {
  return done[done.length - 1].map((_, step) => {
    const stops = readers.map(({ reader, window }) => {
      const stop = bands[reader].stop(done[reader][step] - 1);
      return seen(window, stop, stop)[1];
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
 * @param {number[]} stops where it must have come to for each step
 * @param {Pace} pace
 */
function bandsOf(node, own, sidePx, stops, { rowsPx, early }) {
  const ownPx = bandRows(node, rowsPx);
  const furthest = node.firstOwnStop(own, ownPx);
  const beforeEnd = stops.findLast((stop) => stop < own[1]);
  if (furthest >= own[1] || beforeEnd === undefined) return new Pieces(node, own, sidePx, ownPx);
  const inTime = alignedUp(node, beforeEnd);
  let firstStop = furthest - modulo(furthest - inTime, ownPx);
  const fewest = node.count(own, sidePx, ownPx, furthest);
  if (early && node.count(own, sidePx, ownPx, firstStop) > fewest) {
    const end = Math.min(own[1], sidePx - node.overlapPx);
    firstStop = Math.min(alignedUp(node, end - (fewest - 1) * ownPx), furthest);
  }
  return new Pieces(node, own, sidePx, ownPx, firstStop);
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
 * @param {Pieces[]} bands
 * @param {number[][]} done
 * @param {number} number
 */
function ringRowsOf(nodes, bands, done, number) {
  const { readers } = nodes[number];
  const own = bands[number];
  if (!readers.length) return Math.max(...own.all().map((band) => band.ownStop - band.ownStart));
  const lastStep = done[number].length - 1;
  const rows = done[number].map((_, step) => {
    const given = own.ownStop(done[number][Math.min(step + AHEAD, lastStep)] - 1);
    const tops = readers.map(({ reader, window }) => {
      const next = step ? done[reader][step - 1] : 0;
      if (next === bands[reader].count) return given;
      const start = bands[reader].start(next);
      return seen(window, start, start)[0];
    });
    return given - Math.max(Math.min(given, ...tops), own.own[0]);
  });
  return Math.max(...rows);
}
