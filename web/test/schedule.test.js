// Stages, schedules and plans that Python and this code must agree on.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { OptionsError } from "../errors.js";
import { latin1 } from "../files/bytes.js";
import { readGraph } from "../model/graph.js";
import { MARGIN_PX, paddedLength } from "../plan.js";
import { planRows } from "../rows/choose.js";
import { cutColumns } from "../rows/columns.js";
import { staged } from "../rows/nodes.js";
import { schedule } from "../rows/schedule.js";
import { checksum, generator, golden as written } from "./golden.js";

/** @import { Size } from "../plan.js" */
/** @import { Piece } from "../rows/axis.js" */
/** @import { Pace } from "../rows/schedule.js" */

const golden = written("schedules");
const MODEL = new URL("../../models/released/litedenoisenet-int8.tflite", import.meta.url);
const released = new Uint8Array(readFileSync(MODEL));
const network = staged(readGraph(released));

/** @param {Size} size */
const sidesOf = ({ height, width }) => [height, width];

test("stages", () => {
  const found = network.nodes.map(({ level, overlapPx, reads }, number) => ({
    level,
    overlap_px: overlapPx,
    reads: reads.map(({ node, window }) => ({
      node,
      stride: window.stride,
      before_px: window.beforePx,
      after_px: window.afterPx,
      doubled: window.isDoubled,
    })),
    tile_bytes: number && network.costs[number - 1].tileBytes,
    row_bytes: number && network.costs[number - 1].rowBytes,
    macs: number && network.costs[number - 1].macs,
  }));
  assert.deepEqual(found, golden.nodes);
});

/**
 * @param {number} height
 * @param {Pace} pace
 */
function scheduleOf(height, pace) {
  const { bands, done, ringRows } = schedule(
    network.nodes,
    paddedLength(height),
    [MARGIN_PX, MARGIN_PX + height],
    pace,
  );
  const rows = bands.map((own, node) =>
    own.all().map((band, number) => ({
      rows: numbersOf(band),
      due: done[node].findIndex((count) => count > number),
    })),
  );
  return { ringRows, rows };
}

/** @param {Piece} piece */
const numbersOf = ({ start, stop, ownStart, ownStop }) => [start, stop, ownStart, ownStop];

test("schedules", () => {
  for (const { height, rows_px: rowsPx, early, ring_rows: ringRows, bands } of golden.schedules) {
    assert.deepEqual(scheduleOf(height, { rowsPx, early }), { ringRows, rows: bands });
  }
});

test("random schedules and strips", () => {
  golden.crc32_of_groups.forEach((/** @type {string} */ expected, /** @type {number} */ group) => {
    const draw = generator(group);
    const lines = Array.from({ length: golden.cases_in_group }, () => randomCase(draw));
    assert.equal(checksum(latin1(lines.join(""))), expected);
  });
});

/** @param {(below: number) => number} draw */
function randomCase(draw) {
  const height = 1 + draw(2000);
  const pace = { rowsPx: 16 * (1 + draw(16)), early: draw(2) === 1 };
  const [width, longestPx] = [1 + draw(2000), 16 + draw(300)];
  const first = draw(width);
  const side = paddedLength(width);
  const { nodes } = network;
  const [columns] = cutColumns(
    nodes,
    side,
    [[MARGIN_PX + first, MARGIN_PX + first + 1 + draw(width - first)]],
    nodes.map(() => longestPx),
  );
  const { ringRows, rows } = scheduleOf(height, pace);
  const pieces = columns.map((own) => own.all().map(numbersOf));
  return `${JSON.stringify([ringRows, rows, columns.map(({ ownPx }) => ownPx), pieces])}\n`;
}

test("plans", () => {
  for (const record of golden.plans) {
    const [height, width] = record.photo;
    const { fixed_bytes: fixed, budget_bytes: budget } = record;
    const plan = planRows(network, { height, width }, budget - fixed);
    assert.deepEqual(plan.strips, record.strips);
    assert.deepEqual(plan.tiles.map(sidesOf), record.tiles);
    assert.deepEqual(plan.rings.map(sidesOf), record.rings);
    assert.deepEqual(plan.tileCounts, record.tile_counts);
    assert.equal(fixed + plan.memoryBytes, record.peak_memory_bytes);
    assert.equal(Number(plan.workFactor.toFixed(6)), record.work_factor);
  }
});

test("a budget that is too small is refused", () => {
  assert.throws(() => planRows(network, { height: 300, width: 400 }, 1e6), OptionsError);
});
