// The stages of a network as the schedule sees them, and what each of them costs. The Python SDK's
// runtime/cpu/nodes.py.

import { blockOf, bytesOf, CONV_2D } from "../model/graph.js";
import { findStages } from "../model/stages.js";
import { Node } from "./axis.js";

/** @import { Graph } from "../model/graph.js" */
/** @import { Stage } from "../model/stages.js" */

/**
 * @typedef {object} StageCost For each pixel of a stage's output.
 * @property {number} tileBytes memory of LiteRT, by pixel of a tile
 * @property {number} rowBytes memory of the output
 * @property {number} macs multiplications with accumulation
 *
 * @typedef {object} Staged A network cut into stages.
 * @property {Stage[]} stages in the order in which they run
 * @property {Node[]} nodes the picture, and then the stages
 * @property {StageCost[]} costs of each stage
 * @property {number} macsPerPx of the whole network, for each pixel of the picture
 */

const POINTER_BYTES = 8;
const ARENA_FRAGMENTATION = 1.12;

/**
 * @param {Graph} graph
 * @returns {Staged}
 * @throws {CorruptModel} it cannot be run in stages
 */
export function staged(graph) {
  const stages = findStages(graph);
  const numbers = new Map([[graph.input, 0]]);
  stages.forEach(({ output }, index) => numbers.set(output, index + 1));
  const nodes = [new Node(0)];
  for (const { level, overlapPx, inputs } of stages) {
    const reads = inputs.map(({ tensor, window }) => ({ node: numbers.get(tensor) ?? 0, window }));
    reads.forEach(({ node, window }) => nodes[node].readers.push({ reader: nodes.length, window }));
    nodes.push(new Node(level, overlapPx, reads));
  }
  const costs = stages.map((stage) => costOf(graph, stage));
  const { height, width } = blockOf(graph);
  const every = graph.operators.map((_, index) => index);
  return { stages, nodes, costs, macsPerPx: workOf(graph, every).macs / (height * width) };
}

/**
 * Beside activations LiteRT holds XNNPACK's tables: for every output pixel of a convolution, a
 * pointer to each pixel under the kernel.
 *
 * @param {Graph} graph
 * @param {Stage} stage
 * @returns {StageCost}
 */
function costOf(graph, stage) {
  const output = graph.tensors[stage.output];
  const area = output.shape[1] * output.shape[2];
  const { pointers, macs } = workOf(graph, stage.operators);
  const activations = ARENA_FRAGMENTATION * peakActivationBytes(graph, stage);
  return {
    tileBytes: (POINTER_BYTES * pointers + activations) / area,
    rowBytes: Math.floor(bytesOf(output) / area),
    macs: macs / area,
  };
}

/**
 * @param {Graph} graph
 * @param {number[]} operators
 */
function workOf({ tensors, operators: all }, operators) {
  let [pointers, macs] = [0, 0];
  for (const { code, inputs, outputs } of operators.map((index) => all[index])) {
    if (code !== CONV_2D) continue;
    const [count, kernelHeight, kernelWidth, channels] = tensors[inputs[1]].shape;
    const [, height, width] = tensors[outputs[0]].shape;
    const pixels = kernelHeight * kernelWidth * height * width;
    pointers += pixels;
    macs += pixels * count * channels;
  }
  return { pointers, macs };
}

/**
 * The inputs, which LiteRT keeps, and the most that else is alive at one time.
 *
 * @param {Graph} graph
 * @param {Stage} stage
 */
function peakActivationBytes({ tensors, operators }, stage) {
  const steps = stage.operators.map((index) => operators[index]);
  const lastUse = new Map(steps.flatMap(({ inputs }, step) => inputs.map((one) => [one, step])));
  const bytes = (/** @type {Iterable<number>} */ indices) =>
    [...indices].reduce((sum, index) => sum + bytesOf(tensors[index]), 0);
  const alive = new Set();
  let peak = 0;
  steps.forEach(({ outputs }, step) => {
    for (const one of outputs) if (tensors[one].isSpatial) alive.add(one);
    peak = Math.max(peak, bytes(alive));
    for (const one of alive) if ((lastUse.get(one) ?? step) <= step) alive.delete(one);
  });
  return peak + bytes(stage.inputs.map(({ tensor }) => tensor));
}
