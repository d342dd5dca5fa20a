// How a photo flows through the network within a memory budget, and what that costs. The Python
// SDK's runtime/cpu/plan.py.

import { OptionsError } from "../errors.js";
import { costOf, findStages } from "../model/stages.js";
import { ceilTo, MARGIN_PX, paddedLength, STRIDE_PX } from "../plan.js";
import { Node } from "./axis.js";
import { cutColumns, fitColumns } from "./columns.js";
import { schedule } from "./schedule.js";

/** @import { Graph } from "../model/graph.js" */
/** @import { Stage, StageCost } from "../model/stages.js" */
/** @import { Size } from "../plan.js" */
/** @import { Interval, Piece } from "./axis.js" */
/** @import { Schedule } from "./schedule.js" */

/**
 * @typedef {object} Staged A network cut into stages.
 * @property {Stage[]} stages
 * @property {Node[]} nodes the picture, and then the stages
 * @property {StageCost[]} costs of each stage
 *
 * @typedef {object} Parts What a plan is made of.
 * @property {Size} padded
 * @property {Interval} rows of the padded photo that are kept
 * @property {Interval[]} strips the same for columns, from left to right; each is computed from its
 *   top to its bottom before the next one
 * @property {Schedule} schedule
 * @property {number[]} ownPx how many columns tiles keep, for each node
 */

const ROWS_PX = [32, 48, 64, 80, 96, 112, 128, 160, 192, 256, 512, 1024];
const TILE_BYTES = [20_000_000, 12_000_000, 8_000_000, 4_000_000, 2_000_000, 1_000_000];
const NARROWEST_TILE_PX = 16;
const NARROWEST_STRIP_PX = 256;

// In the network's own work: handing a tile to LiteRT and back, touching memory for the first time.
const TILE_MACS = 10_000_000;
const BYTE_MACS = 10;

/**
 * @param {Graph} graph
 * @returns {Staged}
 * @throws {CorruptModel} it cannot be run in stages
 */
export function staged(graph) {
  const stages = findStages(graph);
  const numbers = new Map([[graph.input, 0]]);
  stages.forEach(({ output }, index) => numbers.set(output, index + 1));
  const nodes = stages.map(({ level, overlapPx, inputs }) => {
    const reads = inputs.map(({ tensor, window }) => ({ node: numbers.get(tensor) ?? 0, window }));
    return new Node(level, overlapPx, reads);
  });
  return { stages, nodes: [new Node(0), ...nodes], costs: stages.map((one) => costOf(graph, one)) };
}

/** How a photo is computed. */
export class RowsPlan {
  /**
   * @param {Staged} network
   * @param {Parts} parts
   */
  constructor(network, { padded, rows, strips, schedule, ownPx }) {
    this.network = network;
    this.padded = padded;
    this.rows = rows;
    this.strips = strips;
    this.schedule = schedule;
    /** How each strip is cut: the pieces of every node. @type {Piece[][][]} */
    this.columns = strips.map((strip) => cutColumns(network.nodes, padded.width, strip, ownPx));
    this.tiles = this.#tiles();
    this.rings = this.#rings();
    this.tileCounts = network.stages.map((_, index) => {
      const across = this.columns.reduce((sum, pieces) => sum + pieces[index + 1].length, 0);
      return schedule.bands[index + 1].length * across;
    });
  }

  /** Rows of the result that are computed together, and strips. @returns {Size} */
  get grid() {
    const { bands } = this.schedule;
    return { height: bands[bands.length - 1].length, width: this.strips.length };
  }

  /** Memory beyond the photo and its result. */
  get memoryBytes() {
    const { costs } = this.network;
    const tiles = sum(this.tiles.map((size, index) => costs[index].tileBytes * area(size)));
    return tiles + sum(this.rings.map((size, index) => costs[index].rowBytes * area(size)));
  }

  /** Multiplications with accumulation, of all tiles. */
  get macs() {
    const { costs } = this.network;
    return sum(
      this.tiles.map((size, index) => costs[index].macs * area(size) * this.tileCounts[index]),
    );
  }

  /** In the network's own work. */
  get time() {
    return this.macs + TILE_MACS * sum(this.tileCounts) + BYTE_MACS * this.memoryBytes;
  }

  /** The size of each stage's tiles. @returns {Size[]} */
  #tiles() {
    return this.network.stages.map((_, index) => {
      const [rows] = this.schedule.bands[index + 1];
      const [columns] = this.columns[0][index + 1];
      return { height: rows.stop - rows.start, width: columns.stop - columns.start };
    });
  }

  /** The size of each stage's ring; the result has none. @returns {Size[]} */
  #rings() {
    return this.network.stages.slice(0, -1).map((_, index) => {
      const widths = this.columns.map((pieces) => {
        const own = pieces[index + 1];
        return own[own.length - 1].ownStop - own[0].ownStart;
      });
      return { height: this.schedule.ringRows[index + 1], width: Math.max(...widths) };
    });
  }
}

/**
 * The plan that takes the least time within the budget.
 *
 * @param {Staged} network
 * @param {Size} photo
 * @param {number} budgetBytes
 * @returns {RowsPlan}
 * @throws {OptionsError} none fits; says which budget would do
 */
export function planRows(network, photo, budgetBytes) {
  const padded = { height: paddedLength(photo.height), width: paddedLength(photo.width) };
  /** @type {Interval} */
  const rows = [MARGIN_PX, MARGIN_PX + photo.height];
  const schedules = schedulesFor(network, padded.height, rows);
  /** @type {RowsPlan | null} */
  let best = null;
  let least = Infinity;
  for (const strips of stripsOf([MARGIN_PX, MARGIN_PX + photo.width])) {
    if (best && strips.length > best.strips.length + 1) break; // narrow ones repeat too much
    for (const one of schedules) {
      const held = ringBytes(network, one, strips[0][1] - strips[0][0]);
      if (held > Math.max(budgetBytes, best ? 0 : least)) continue;
      for (const plan of plansWith(network, { padded, rows, strips, schedule: one })) {
        least = Math.min(least, plan.memoryBytes);
        if (plan.memoryBytes > budgetBytes) continue;
        if (!best || plan.time < best.time) best = plan;
        break;
      }
    }
  }
  if (best) return best;
  throw new OptionsError(
    `a photo of ${photo.width}x${photo.height} pixels needs at least ${Math.ceil(least / 1e6)} MB ` +
      `to be computed; ${Math.floor(budgetBytes / 1e6)} MB are allowed`,
  );
}

/**
 * Bands of about this many rows, without a short one at the end.
 *
 * @param {Staged} network
 * @param {number} sidePx
 * @param {Interval} rows
 */
function schedulesFor({ nodes }, sidePx, rows) {
  const height = rows[1] - rows[0];
  const counts = ROWS_PX.map((rowsPx) => Math.max(Math.round(height / rowsPx), 1)).reverse();
  const lengths = new Set(counts.map((count) => ceilTo(Math.ceil(height / count), STRIDE_PX)));
  return [...lengths].flatMap((rowsPx) =>
    [false, true].map((early) => schedule(nodes, sidePx, rows, { rowsPx, early })),
  );
}

/**
 * The least that is held between stages for a strip of this width.
 *
 * @param {Staged} network
 * @param {Schedule} schedule
 * @param {number} width
 */
function ringBytes({ nodes, costs }, { ringRows }, width) {
  return sum(
    costs.map(({ rowBytes }, index) => {
      return rowBytes * ringRows[index + 1] * (width >> nodes[index + 1].level);
    }),
  );
}

/**
 * All the columns, then half of them at a time, then a third, ...
 *
 * @param {Interval} columns
 * @returns {Iterable<Interval[]>}
 */
function* stripsOf([first, stop]) {
  let narrower = Infinity;
  for (let count = 1; narrower > NARROWEST_STRIP_PX; count++) {
    const width = ceilTo(Math.ceil((stop - first) / count), STRIDE_PX);
    if (width >= narrower) continue;
    narrower = width;
    /** @type {Interval[]} */
    const strips = [];
    for (let left = first; left < stop; left += width) {
      strips.push([left, Math.min(left + width, stop)]);
    }
    yield strips;
  }
}

/**
 * With tiles from wide to narrow.
 *
 * @param {Staged} network
 * @param {Omit<Parts, "ownPx">} parts
 */
function* plansWith(network, parts) {
  const { nodes, costs } = network;
  const { padded, strips, schedule } = parts;
  const middle = strips[Math.floor(strips.length / 2)];
  for (const tileBytes of TILE_BYTES) {
    const longest = costs.map((cost, index) => {
      const [{ start, stop }] = schedule.bands[index + 1];
      const length = Math.trunc(tileBytes / (cost.tileBytes * (stop - start)));
      return Math.max(length, NARROWEST_TILE_PX);
    });
    const ownPx = fitColumns(nodes, padded.width, middle, [padded.width, ...longest]);
    yield new RowsPlan(network, { ...parts, ownPx });
  }
}

/** @param {Size} size */
const area = ({ height, width }) => height * width;

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);
