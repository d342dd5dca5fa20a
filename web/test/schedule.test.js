// Stages, schedules and plans. The golden file is the Python SDK's, from before its stages were cut
// finer; the page still runs those.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { OptionsError } from "../errors.js";
import { readGraph } from "../model/graph.js";
import { MARGIN_PX, paddedLength } from "../plan.js";
import { planRows, staged } from "../rows/plan.js";
import { schedule } from "../rows/schedule.js";

/** @import { Size } from "../plan.js" */

const read = (/** @type {string} */ path) => readFileSync(new URL(path, import.meta.url));
const golden = JSON.parse(read("../../tests/golden/rows_of_the_page.json").toString());
const released = new Uint8Array(read("../../models/released/litedenoisenet-int8.tflite"));
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

test("schedules", () => {
  for (const { height, rows_px: rowsPx, early, ring_rows: ringRows, bands } of golden.schedules) {
    const kept = /** @type {const} */ ([MARGIN_PX, MARGIN_PX + height]);
    const found = schedule(network.nodes, paddedLength(height), [...kept], { rowsPx, early });
    assert.deepEqual(found.ringRows, ringRows);
    const rows = found.bands.map((own, node) =>
      own.map(({ start, stop, ownStart, ownStop }, band) => ({
        rows: [start, stop, ownStart, ownStop],
        due: found.done[node].findIndex((done) => done > band),
      })),
    );
    const due = bands.map((/** @type {any[]} */ own) =>
      own.map(({ rows, due }) => ({ rows, due })),
    );
    assert.deepEqual(rows, due);
  }
});

test("plans", () => {
  for (const record of golden.plans) {
    const [height, width] = record.photo;
    const { fixed_bytes: fixed, budget_bytes: budget } = record;
    const plan = planRows(network, { height, width }, budget - fixed);
    assert.deepEqual(plan.strips, record.strips);
    assert.deepEqual(plan.tiles.map(sidesOf), record.tiles);
    assert.deepEqual(plan.rings.map(sidesOf), record.rings);
    assert.deepEqual(plan.tileCounts, record.tile_counts);
    assert.equal(Math.ceil(fixed + plan.memoryBytes), record.peak_memory_bytes);
  }
});

test("a budget that is too small is refused", () => {
  assert.throws(() => planRows(network, { height: 300, width: 400 }, 1e6), OptionsError);
});
