// Cuts the network into stages, each of which looks only a few pixels around what it computes: at
// every change of resolution, behind the convolution right after a doubling, and from a quarter on
// behind each convolution. The Python SDK's model/stages.py, which has the reasons.

import { CorruptModel } from "../errors.js";
import { blockOf, CONV_2D, RESIZE_NEAREST_NEIGHBOR } from "./graph.js";

/** @import { Size } from "../plan.js" */
/** @import { Graph, Operator } from "./graph.js" */

/**
 * What a stage reads of an input for the rows, or columns, that it computes.
 *
 * @typedef {object} Window
 * @property {number} stride pixels of the first convolution's input for each of the stage's own
 * @property {number} beforePx pixels of the first convolution's input beyond these
 * @property {number} afterPx
 * @property {boolean} isDoubled the stage doubles the input before anything else
 *
 * @typedef {object} Stage
 * @property {number[]} operators in the order in which they run
 * @property {{ tensor: number, window: Window }[]} inputs
 * @property {number} output tensor
 * @property {number} level how often the resolution of the output was halved
 * @property {number} overlapPx how far from a tile's border what it computes is right
 */

/** From this level on each convolution is a stage of its own. */
const COARSE_LEVEL = 2;

/** @type {Window} */
const AS_IT_IS = { stride: 1, beforePx: 0, afterPx: 0, isDoubled: false };

/**
 * @param {Graph} graph
 * @returns {Stage[]} in the order in which they run
 * @throws {CorruptModel} the network cannot be cut like this
 */
export function findStages(graph) {
  /** @type {number[][]} */
  const groups = [];
  graph.operators.forEach((operator, index) => {
    if (!graph.tensors[operator.outputs[0]].isSpatial) return;
    const last = groups.at(-1);
    if (last && !beginsStage(graph, operator, last)) last.push(index);
    else groups.push([index]);
  });
  return groups.map((group) => stageOf(graph, group));
}

/**
 * The input's pixels for the output's; may lie outside of the photo.
 *
 * @param {Window} window
 * @param {number} start
 * @param {number} stop
 * @returns {[number, number]}
 */
export function seen({ stride, beforePx, afterPx, isDoubled }, start, stop) {
  const [first, end] = [start * stride - beforePx, stop * stride + afterPx];
  return isDoubled ? [first >> 1, end >> 1] : [first, end];
}

/**
 * Height and width of each input for a tile.
 *
 * @param {Stage} stage
 * @param {Size} tile
 * @returns {Size[]}
 */
export function inputSizes(stage, tile) {
  return stage.inputs.map(({ window }) => {
    const [height, width] = [tile.height, tile.width].map((side) => {
      const [start, stop] = seen(window, 0, side);
      return stop - start;
    });
    return { height, width };
  });
}

/**
 * Height and width of each tensor for a tile.
 *
 * @param {Graph} graph
 * @param {Stage} stage
 * @param {Size} tile
 * @returns {Map<number, Size>}
 */
export function tileSizes(graph, stage, tile) {
  const inputs = inputSizes(stage, tile);
  const sizes = new Map(stage.inputs.map(({ tensor }, index) => [tensor, inputs[index]]));
  for (const index of stage.operators) {
    const { code, inputs: [from], outputs: [to] } = graph.operators[index]; // prettier-ignore
    const source = sizes.get(from);
    if (!source) continue; // it unpacks weights
    const doubled = { height: 2 * source.height, width: 2 * source.width };
    sizes.set(to, code === RESIZE_NEAREST_NEIGHBOR ? doubled : code === CONV_2D ? tile : source);
  }
  return sizes;
}

/**
 * The convolution that is given what lies around a tile, and pads nothing; -1 if none is.
 *
 * @param {Graph} graph
 * @param {Stage} stage
 */
export function unpadded(graph, stage) {
  const isGiven = stage.inputs.some(({ window }) => window.beforePx || window.afterPx);
  if (!isGiven) return -1;
  return stage.operators.find((index) => graph.operators[index].code === CONV_2D) ?? -1;
}

/**
 * @param {Graph} graph
 * @param {Operator} operator
 * @param {number[]} group
 */
function beginsStage(graph, { code, stride, outputs }, group) {
  if (stride > 1 || code === RESIZE_NEAREST_NEIGHBOR) return true;
  const codes = group.map((index) => graph.operators[index].code);
  if (code !== CONV_2D || !codes.includes(CONV_2D)) return false;
  return levelOf(graph, outputs[0]) >= COARSE_LEVEL || codes[0] === RESIZE_NEAREST_NEIGHBOR;
}

/**
 * @param {Graph} graph
 * @param {number} tensor
 */
const levelOf = (graph, tensor) =>
  Math.floor(Math.log2(blockOf(graph).height / graph.tensors[tensor].shape[1]));

/**
 * The spatial operators of a stage together with those that unpack their weights.
 *
 * @param {Graph} graph
 * @param {number[]} group
 * @returns {Stage}
 */
function stageOf(graph, group) {
  const { tensors } = graph;
  const operators = group.map((index) => graph.operators[index]);
  const inside = new Set(operators.map(({ outputs }) => outputs[0]));
  const others = graph.operators.filter((_, index) => !group.includes(index));
  const outside = new Set([graph.output, ...others.flatMap(({ inputs }) => inputs)]);
  const outputs = [...inside].filter((tensor) => outside.has(tensor));
  if (outputs.length !== 1) {
    throw new CorruptModel(`expected one tensor out of each stage, got ${outputs.length}`);
  }
  const read = new Set(operators.flatMap(({ inputs }) => inputs));
  const unpacking = [...graph.operators.keys()].filter((index) => {
    const [output] = graph.operators[index].outputs;
    return read.has(output) && !tensors[output].isSpatial;
  });
  const inputs = [...read].filter((one) => tensors[one].isSpatial && !inside.has(one));
  const { windows, overlapPx } = windowsOf(graph, operators, inputs);
  return {
    operators: [...group, ...unpacking].sort((one, other) => one - other),
    inputs: inputs.map((tensor, index) => ({ tensor, window: windows[index] })),
    output: outputs[0],
    level: levelOf(graph, outputs[0]),
    overlapPx,
  };
}

/**
 * What is read of each input, and the overlap of tiles.
 *
 * @param {Graph} graph
 * @param {Operator[]} operators
 * @param {number[]} inputs
 * @returns {{ windows: Window[], overlapPx: number }}
 */
function windowsOf(graph, operators, inputs) {
  const convolutions = operators.filter(({ code }) => code === CONV_2D);
  const reaches = convolutions.map((one) => Math.floor(kernelOf(graph, one) / 2));
  const sum = (/** @type {number[]} */ values) => values.reduce((total, one) => total + one, 0);
  const asTheyAre = inputs.map(() => AS_IT_IS);
  const [first] = convolutions;
  if (!first) return { windows: asTheyAre, overlapPx: 0 };
  const behind = operators.indexOf(first) + 1;
  const [upstream, downstream] = [operators.slice(0, behind), operators.slice(behind)];
  const leading = new Set(upstream.flatMap((one) => one.inputs));
  const later = new Set(downstream.flatMap((one) => one.inputs));
  const isResized = upstream[0].code === RESIZE_NEAREST_NEIGHBOR;
  if (inputs.some((one) => leading.has(one) && later.has(one))) {
    // Read once more further on, where what lies around the tile is in the way.
    if (first.stride > 1 || isResized) {
      throw new CorruptModel("expected nothing but a convolution to read what it halves");
    }
    return { windows: asTheyAre, overlapPx: sum(reaches) };
  }
  const { stride } = first;
  const aroundPx = Math.max(kernelOf(graph, first) - stride, 0); // of "same" padding, even lengths
  const beforePx = Math.floor(aroundPx / 2);
  const resizes = upstream.filter(({ code }) => code === RESIZE_NEAREST_NEIGHBOR);
  const doubled = new Set(resizes.map((one) => one.inputs[0]));
  const windows = inputs.map((one) => {
    if (!leading.has(one)) return AS_IT_IS;
    return { stride, beforePx, afterPx: aroundPx - beforePx, isDoubled: doubled.has(one) };
  });
  const overlapPx = sum(reaches.slice(1));
  if (doubled.size && overlapPx) {
    throw new CorruptModel("expected one convolution behind each doubling");
  }
  return { windows, overlapPx };
}

/**
 * @param {Graph} graph
 * @param {Operator} convolution
 */
const kernelOf = ({ tensors }, { inputs }) => tensors[inputs[1]].shape[1];
