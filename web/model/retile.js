// Changes the block size of a model file. A .tflite file fixes the height and width of every
// activation, and the output size of its nearest resizes is a constant, so all of these integers
// are overwritten where they stand (as the Python SDK's model/retile.py does).

import { CorruptModel, OptionsError } from "../errors.js";
import { STRIDE_PX } from "../plan.js";
import {
  asCorrupt,
  at,
  blockOf,
  BUFFER,
  MODEL,
  readGraph,
  RESIZE_NEAREST_NEIGHBOR,
  TENSOR,
} from "./graph.js";

/** @import { Size } from "../plan.js" */
/** @import { Graph } from "./graph.js" */

/**
 * The model file for blocks of another size. The network computes the same function: where a
 * block's border does not reach, its results equal those of the original to the bit.
 *
 * @param {Uint8Array} content bytes of a .tflite file; not changed
 * @param {Size} block new height and width, multiples of 16
 * @returns {Uint8Array} as long as `content`
 * @throws {OptionsError} a side that is no multiple of 16
 * @throws {CorruptModel} not a network of this family, or one whose sizes cannot be changed
 */
export function retile(content, block) {
  for (const side of [block.height, block.width]) {
    if (!(side >= STRIDE_PX) || side % STRIDE_PX) {
      throw new OptionsError(`block sides must be multiples of ${STRIDE_PX}, got ${side}`);
    }
  }
  const file = content.slice();
  try {
    overwrite(readGraph(file), block);
  } catch (error) {
    throw asCorrupt(error);
  }
  return file;
}

/**
 * @param {Graph} graph
 * @param {Size} block
 */
function overwrite(graph, block) {
  const { tensors, operators, model } = graph;
  const shapes = scaledShapes(graph, block);
  for (const [index, shape] of shapes) {
    tensors[index].table.integers(TENSOR.shape).set(shape);
    tensors[index].table.integers(TENSOR.shapeSignature).set(shape);
  }
  const buffers = model.tables(MODEL.buffers);
  for (const { code, inputs, outputs } of operators) {
    if (code !== RESIZE_NEAREST_NEIGHBOR) continue;
    const [, rows, columns] = shapes.get(outputs[0]) ?? [];
    const buffer = at(buffers, tensors[inputs[1]].table.uint32(TENSOR.buffer));
    buffer.bytes(BUFFER.data).set([rows, columns]);
  }
  // A file may let two tensors share one list of integers; then the second spoiled the first.
  for (const [index, shape] of shapes) {
    if (String(tensors[index].table.integers(TENSOR.shape).values()) !== String(shape)) {
      throw new CorruptModel("the model file shares sizes between tensors; export it again");
    }
  }
}

/**
 * @param {Graph} graph
 * @param {Size} block
 * @returns {Map<number, number[]>} of the tensors whose size follows the block's
 */
function scaledShapes(graph, block) {
  const { height, width } = blockOf(graph);
  const shapes = new Map();
  graph.tensors.forEach(({ isSpatial, shape }, index) => {
    if (!isSpatial) return;
    const [batch, rows, columns, channels] = shape;
    const scaled = [(rows * block.height) / height, (columns * block.width) / width];
    if (!scaled.every(Number.isInteger)) {
      throw new CorruptModel(`expected sizes that follow the block's, got ${shape}`);
    }
    shapes.set(index, [batch, ...scaled, channels]);
  });
  return shapes;
}
