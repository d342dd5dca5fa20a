// The network that a model file holds. Nothing in the file is trusted: native code sees it only
// after the ends of every table that is read were checked.

import { CorruptModel } from "../errors.js";
import { Table } from "./flatbuffer.js";

/** @import { Size } from "../plan.js" */

// Numbers of fields in TensorFlow Lite's schema (schema.fbs, version 3).
export const MODEL = { version: 0, operatorCodes: 1, subgraphs: 2, buffers: 4, signatures: 7 };
export const SIGNATURE = { inputs: 0, outputs: 1, key: 2, subgraph: 4 };
export const ENDPOINT = { name: 0, tensor: 1 };
export const SUBGRAPH = { tensors: 0, inputs: 1, outputs: 2, operators: 3 };
export const TENSOR = {
  shape: 0,
  type: 1,
  buffer: 2,
  name: 3,
  quantization: 4,
  shapeSignature: 7,
  hasRank: 8,
};
export const OPERATOR = { code: 0, inputs: 1, outputs: 2, optionsType: 3, options: 4 };
export const BUFFER = { data: 0 };
export const CONVOLUTION = {
  padding: 0,
  strideWidth: 1,
  strideHeight: 2,
  activation: 3,
  dilationWidth: 4,
  dilationHeight: 5,
  biasType: 6,
};
const CODE = { deprecated: 0, builtin: 3 };
const QUANTIZATION = { zeroPoint: 3 };

export const CONV_2D = 3;
export const RESIZE_NEAREST_NEIGHBOR = 97;

const MARK = "TFL3";
const ITEM_BYTES = new Map([
  [0, 4], // FLOAT32
  [1, 2], // FLOAT16
  [2, 4], // INT32
  [9, 1], // INT8
]);

/**
 * @typedef {object} Tensor
 * @property {Table} table
 * @property {number[]} shape activations (1, height, width, channels); weights (out, height, width, in)
 * @property {number} bytes of one value
 * @property {boolean} isSpatial its height and width follow the block's
 * @property {number} zeroPoint the number that stands for 0; 0 where there is none
 *
 * @typedef {object} Operator
 * @property {Table} table
 * @property {number} code of its kind
 * @property {number[]} inputs
 * @property {number[]} outputs
 * @property {number} stride of a convolution, 1 for everything else
 *
 * @typedef {object} Graph
 * @property {Table} model
 * @property {Tensor[]} tensors
 * @property {Operator[]} operators in the order in which they run
 * @property {number} input tensor of shape (1, height, width, 3)
 * @property {number} output the same
 */

/**
 * @param {Uint8Array} content bytes of a .tflite file; the graph's tables are views into it
 * @returns {Graph}
 * @throws {CorruptModel} not a network of this family, cut short or damaged
 */
export function readGraph(content) {
  if (String.fromCharCode(...content.slice(4, 8)) !== MARK) {
    throw new CorruptModel(
      `expected a TensorFlow Lite file, got ${content.length} bytes without its mark ${MARK}; ` +
        "fetch the model again",
    );
  }
  try {
    return read(Table.root(content));
  } catch (error) {
    throw asCorrupt(error);
  }
}

/**
 * A read outside the file as CorruptModel; everything else as it is.
 *
 * @param {unknown} error
 */
export function asCorrupt(error) {
  if (!(error instanceof RangeError)) return error;
  return new CorruptModel(
    "expected a whole TensorFlow Lite file, got one that is cut short or damaged; " +
      "fetch the model again",
  );
}

/**
 * @param {Graph} graph
 * @returns {Size} height and width of the input
 */
export function blockOf({ tensors, input }) {
  const [, height, width] = tensors[input].shape;
  return { height, width };
}

/**
 * @param {Tensor} tensor
 * @returns {number} of all its values
 */
export const bytesOf = ({ shape, bytes }) => shape.reduce((count, side) => count * side, bytes);

/**
 * @template T
 * @param {T[]} list
 * @param {number} index
 */
export function at(list, index) {
  if (!(index in list)) throw new RangeError(`${index} of ${list.length}`);
  return list[index];
}

/** @param {Table} model @returns {Graph} */
function read(model) {
  const subgraph = model.tables(MODEL.subgraphs)[0];
  if (!subgraph) throw new CorruptModel("expected one graph in the model, got none");
  const codes = model.tables(MODEL.operatorCodes).map(codeOf);
  const operators = subgraph.tables(SUBGRAPH.operators).map((table) => {
    const code = at(codes, table.uint32(OPERATOR.code));
    const inputs = table.integers(OPERATOR.inputs).values();
    const outputs = table.integers(OPERATOR.outputs).values();
    const options = code === CONV_2D ? table.table(OPERATOR.options) : null;
    return { table, code, inputs, outputs, stride: options?.int32(CONVOLUTION.strideWidth) ?? 1 };
  });
  const input = subgraph.integers(SUBGRAPH.inputs).get(0);
  const spatial = dependents(operators, input);
  const tensors = subgraph.tables(SUBGRAPH.tensors).map((table, index) => {
    const shape = table.integers(TENSOR.shape).values();
    const isSpatial = spatial.has(index);
    if (isSpatial && (shape.length !== 4 || !shape.every((side) => side > 0))) {
      throw new CorruptModel(`expected pictures of four dimensions, got ${shape}`);
    }
    return { table, shape, bytes: itemBytes(table), isSpatial, zeroPoint: zeroPointOf(table) };
  });
  const output = subgraph.integers(SUBGRAPH.outputs).get(0);
  for (const index of [
    input,
    output,
    ...operators.flatMap((one) => [...one.inputs, ...one.outputs]),
  ])
    at(tensors, index);
  return { model, tensors, operators, input, output };
}

/**
 * The tensors that depend on the input picture, itself included.
 *
 * @param {Pick<Operator, "inputs" | "outputs">[]} operators
 * @param {number} input
 */
function dependents(operators, input) {
  const found = new Set([input]);
  for (const { inputs, outputs } of operators) {
    if (inputs.some((index) => found.has(index))) outputs.forEach((index) => found.add(index));
  }
  return found;
}

/** @param {Table} code Codes below 127 were once a single byte, and files still carry both. */
const codeOf = (code) => Math.max(code.int32(CODE.builtin), code.int8(CODE.deprecated));

/** @param {Table} tensor */
function itemBytes(tensor) {
  const type = tensor.int8(TENSOR.type);
  const bytes = ITEM_BYTES.get(type);
  if (!bytes) throw new CorruptModel(`expected numbers of 8, 16 or 32 bits, got type ${type}`);
  return bytes;
}

/** @param {Table} tensor */
function zeroPointOf(tensor) {
  const points = tensor.table(TENSOR.quantization)?.integers(QUANTIZATION.zeroPoint);
  return points?.length ? points.get(0) : 0; // of 64 bits each, whose first half does
}
