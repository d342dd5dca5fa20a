// Chooses the plan for a photo: how many rows at a time, in how many strips, in what tiles. The
// Python SDK's runtime/cpu/choose.py.

import { OptionsError } from "../errors.js";
import { ceilTo, MARGIN_PX, paddedLength, STRIDE_PX } from "../plan.js";
import { Pieces } from "./axis.js";
import { cutColumns } from "./columns.js";
import { BYTE_MACS, RowsPlan, sum, TILE_MACS } from "./plan.js";
import { bandRows, schedule } from "./schedule.js";

/** @import { Size } from "../plan.js" */
/** @import { Interval } from "./axis.js" */
/** @import { Staged } from "./nodes.js" */
/** @import { Parts } from "./plan.js" */
/** @import { Schedule } from "./schedule.js" */

const ROWS_PX = [
  ...Array.from({ length: 16 }, (_, index) => 16 * (index + 1)),
  320,
  384,
  512,
  1024,
];
const [MOST_TILE_BYTES, LEAST_TILE_BYTES] = [20e6, 1e6];
const TILE_STEP = 0.9;
const NARROWEST_TILE_PX = 16;
const NARROWEST_STRIP_PX = 256;

/**
 * The plan that takes the least time within the budget.
 *
 * @param {Staged} network
 * @param {Size} photo
 * @param {number} budgetBytes beside the photo and its result
 * @returns {RowsPlan}
 * @throws {OptionsError} none fits; says which budget would do
 */
export function planRows(network, photo, budgetBytes) {
  const padded = { height: paddedLength(photo.height), width: paddedLength(photo.width) };
  const paces = new Paces(network, padded.height, [MARGIN_PX, MARGIN_PX + photo.height]);
  const all = [...stripsOf([MARGIN_PX, MARGIN_PX + photo.width])];
  /** @type {RowsPlan | null} */
  let best = null;
  for (const columns of all) {
    if (best && columns.length > best.strips.length + 1) break; // repeat more than tiles save
    const strips = new Strips(network, padded, columns);
    for (const rowsPx of paces.heights) {
      if (best && strips.work(paces.fewest(rowsPx)) >= best.time) continue;
      const drafts = paces.schedules(rowsPx).map((one) => new Draft(strips, paces.rows, one));
      // More rows at a time take more.
      if (Math.min(...drafts.map(({ heldBytes }) => heldBytes)) > budgetBytes) break;
      for (const draft of drafts) {
        if (best && draft.leastTime >= best.time) continue;
        const plan = draft.within(budgetBytes);
        if (plan && (!best || plan.time < best.time)) best = plan;
      }
    }
  }
  if (best) return best;
  const narrowest = new Strips(network, padded, all[all.length - 1]);
  const [few] = paces.schedules(paces.heights[0]);
  const least = new Draft(narrowest, paces.rows, few).plan(LEAST_TILE_BYTES).memoryBytes;
  throw new OptionsError(
    `a photo of ${photo.width}x${photo.height} pixels needs at least ${Math.ceil(least / 1e6)} MB ` +
      `to be computed; ${Math.floor(budgetBytes / 1e6)} MB are allowed`,
  );
}

/** How many rows of a photo may be computed at a time. */
class Paces {
  /** @type {Map<number, Pieces[]>} */
  #fewest = new Map();
  /** @type {Map<number, Schedule[]>} */
  #schedules = new Map();

  /**
   * @param {Staged} network
   * @param {number} sidePx height of the padded photo
   * @param {Interval} rows what is kept of it
   */
  constructor({ nodes }, sidePx, rows) {
    this.nodes = nodes;
    this.sidePx = sidePx;
    this.rows = rows;
    const counts = new Set(ROWS_PX.map((rowsPx) => Math.ceil(sidePx / rowsPx)));
    const heights = [...counts].map((count) => ceilTo(Math.ceil(sidePx / count), STRIDE_PX));
    /** Those worth considering, from few to many; they divide the padded photo evenly. */
    this.heights = [...new Set(heights)].sort((one, other) => one - other);
    const all = nodes.map(() => sidePx);
    this.whole = cutColumns(nodes, sidePx, [rows], all)[0];
  }

  /**
   * The bands of each node if none had to wait for others.
   *
   * @param {number} rowsPx
   */
  fewest(rowsPx) {
    return remembered(this.#fewest, rowsPx, () =>
      this.nodes.map((node, number) => {
        const side = this.sidePx >> node.level;
        return new Pieces(node, this.whole[number].own, side, bandRows(node, rowsPx));
      }),
    );
  }

  /**
   * The ones with so many rows at a time, that which holds the fewest first.
   *
   * @param {number} rowsPx
   */
  schedules(rowsPx) {
    return remembered(this.#schedules, rowsPx, () => {
      const at = (/** @type {boolean} */ early) =>
        schedule(this.nodes, this.sidePx, this.rows, { rowsPx, early });
      const late = at(false);
      const fewest = this.fewest(rowsPx);
      const isLeast = late.bands.every(({ count }, number) => count <= fewest[number].count);
      return isLeast ? [late] : [late, at(true)];
    });
  }
}

/** Strips of a photo, and what they take however they are cut into tiles. */
class Strips {
  /**
   * @param {Staged} network
   * @param {Size} padded
   * @param {Interval[]} columns of each
   */
  constructor(network, padded, columns) {
    this.network = network;
    this.padded = padded;
    this.columns = columns;
    const { nodes } = network;
    const all = nodes.map(() => padded.width);
    const cuts = cutColumns(nodes, padded.width, columns, all);
    const each = (/** @type {number} */ number) => cuts.map((pieces) => pieces[number]);
    /** Columns of each node, of all strips together. */
    this.computedPx = nodes.map((_, number) => sum(each(number).map(({ lengthPx }) => lengthPx)));
    /** Columns of each node, of the widest strip. */
    this.heldPx = nodes.map((_, number) => {
      return Math.max(...each(number).map(({ ownLengthPx }) => ownLengthPx));
    });
  }

  /**
   * What it takes at least to compute these bands, with tiles as wide as strips.
   *
   * @param {Pieces[]} bands
   */
  work(bands) {
    const handing = TILE_MACS * this.columns.length;
    return sum(
      this.network.costs.map(({ macs }, index) => {
        const { count, lengthPx } = bands[index + 1];
        return count * (macs * lengthPx * this.computedPx[index + 1] + handing);
      }),
    );
  }
}

/** A plan whose tiles are still to be chosen. */
class Draft {
  /**
   * @param {Strips} strips
   * @param {Interval} rows
   * @param {Schedule} schedule
   */
  constructor(strips, rows, schedule) {
    this.strips = strips;
    this.schedule = schedule;
    const { network, padded, columns, heldPx } = strips;
    /** @type {Parts} */
    this.parts = { network, padded, rows, strips: columns, schedule };
    const { costs } = network;
    /** What is held between stages. */
    this.heldBytes = sum(
      costs.slice(0, -1).map(({ rowBytes }, index) => {
        return rowBytes * schedule.ringRows[index + 1] * heldPx[index + 1];
      }),
    );
  }

  /** With tiles as wide as strips. */
  get leastTime() {
    return this.strips.work(this.schedule.bands) + BYTE_MACS * this.heldBytes;
  }

  /**
   * The plan with the widest tiles that fit the budget, if any do.
   *
   * @param {number} budgetBytes
   */
  within(budgetBytes) {
    let tileBytes = MOST_TILE_BYTES;
    let plan = this.plan(tileBytes);
    while (plan.memoryBytes > budgetBytes) {
      if (tileBytes === LEAST_TILE_BYTES) return null;
      const ofTiles = plan.memoryBytes - this.heldBytes;
      const share = Math.min((budgetBytes - this.heldBytes) / ofTiles, TILE_STEP);
      tileBytes = Math.max(tileBytes * share, LEAST_TILE_BYTES);
      plan = this.plan(tileBytes);
    }
    return plan;
  }

  /**
   * With tiles that take about this much each.
   *
   * @param {number} tileBytes
   */
  plan(tileBytes) {
    const { network, padded, strips, schedule } = this.parts;
    const longest = network.costs.map((cost, index) => {
      const length = Math.trunc(tileBytes / (cost.tileBytes * schedule.bands[index + 1].lengthPx));
      return Math.max(length, NARROWEST_TILE_PX);
    });
    const columns = cutColumns(network.nodes, padded.width, strips, [padded.width, ...longest]);
    return new RowsPlan(this.parts, columns);
  }
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
 * @template T
 * @param {Map<number, T>} found
 * @param {number} key
 * @param {() => T} make
 * @returns {T}
 */
function remembered(found, key, make) {
  const value = found.get(key) ?? make();
  found.set(key, value);
  return value;
}
