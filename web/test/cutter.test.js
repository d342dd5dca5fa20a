import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { CorruptModel } from "../errors.js";
import { cut } from "../model/cutter.js";
import { Table } from "../model/flatbuffer.js";
import { MODEL, readGraph, SUBGRAPH, TENSOR } from "../model/graph.js";
import { findStages, inputSizes } from "../model/stages.js";

/** @param {string} precision */
function released(precision) {
  const path = `../../models/released/litedenoisenet-${precision}.tflite`;
  return new Uint8Array(readFileSync(new URL(path, import.meta.url)));
}

for (const precision of ["int8", "fp16", "fp32"]) {
  test(`${precision}: each stage has a signature, its tile's sizes, and the weights of all`, () => {
    const content = released(precision);
    const graph = readGraph(content);
    const stages = findStages(graph);
    const tile = { height: 32, width: 48 };
    const file = cut(
      content,
      graph,
      stages.map((stage) => ({ stage, tile })),
    );
    assert.ok(file.length < content.length + 100_000);
    const model = Table.root(file);
    assert.equal(model.tables(MODEL.signatures).length, stages.length);
    const subgraphs = model.tables(MODEL.subgraphs);
    for (const [number, stage] of stages.entries()) {
      const tensors = subgraphs[number].tables(SUBGRAPH.tensors);
      const sizeOf = (/** @type {number} */ index) => {
        const [, height, width] = tensors[index].integers(TENSOR.shape).values();
        return { height, width };
      };
      const ends = (/** @type {number} */ field) => subgraphs[number].integers(field).values();
      assert.deepEqual(ends(SUBGRAPH.inputs).map(sizeOf), inputSizes(stage, tile));
      assert.deepEqual(ends(SUBGRAPH.outputs).map(sizeOf), [tile]);
    }
  });
}

test("garbage and files that are cut short are refused", () => {
  const whole = released("int8");
  for (const length of [0, 8, 20, 1000, 20_000]) {
    assert.throws(() => readGraph(whole.slice(0, length)), CorruptModel);
  }
});
