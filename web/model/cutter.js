// Writes stages of a network as model files of their own.

import { inFront } from "./flatbuffer.js";
import {
  at,
  BUFFER,
  CONVOLUTION,
  MODEL,
  OPERATOR,
  RESIZE_NEAREST_NEIGHBOR,
  SUBGRAPH,
  TENSOR,
} from "./graph.js";
import { tileSizes, unpadded } from "./stages.js";

/** @import { Size } from "../plan.js" */
/** @import { Item, Table } from "./flatbuffer.js" */
/** @import { Graph } from "./graph.js" */
/** @import { Stage } from "./stages.js" */

const MARK = "TFL3";
const SCHEMA_VERSION = 3;
const VALID_PADDING = 1;

/**
 * The stages as .tflite files that share their weights: the file of stage n is what is returned,
 * from byte 16 * n on. Their inputs are in the stages' order.
 *
 * @param {Uint8Array} content the file that holds `graph`
 * @param {Graph} graph
 * @param {{ stage: Stage, tile: Size }[]} parts `tile`: height and width of a stage's output
 * @returns {Uint8Array}
 */
export function cut(content, graph, parts) {
  return inFront(
    content,
    MARK,
    parts.map(({ stage, tile }) => modelOf(graph, stage, tile)),
  );
}

/**
 * @param {Graph} graph
 * @param {Stage} stage
 * @param {Size} tile
 * @returns {Item}
 */
function modelOf(graph, stage, tile) {
  const operators = stage.operators.map((index) => graph.operators[index]);
  const kept = [...new Set(operators.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]))];
  const numbers = (/** @type {number[]} */ tensors) => ({
    integers: tensors.map((tensor) => kept.indexOf(tensor)),
  });
  const sizes = tileSizes(graph, stage, tile);
  const resized = new Map(
    operators
      .filter(({ code }) => code === RESIZE_NEAREST_NEIGHBOR)
      .map(({ inputs, outputs }) => [inputs[1], sizes.get(outputs[0])]),
  );
  const given = unpadded(graph, stage);
  const subgraph = tableOf(SUBGRAPH, {
    tensors: { items: kept.map((index, place) => tensorOf(graph, index, place + 1, sizes)) },
    inputs: numbers(stage.inputs.map(({ tensor }) => tensor)),
    outputs: numbers([stage.output]),
    operators: {
      items: stage.operators.map((index) => {
        const { table, inputs, outputs } = graph.operators[index];
        return tableOf(OPERATOR, {
          code: table.uint32(OPERATOR.code),
          inputs: numbers(inputs),
          outputs: numbers(outputs),
          optionsType: table.int8(OPERATOR.optionsType),
          options: index === given ? unpaddedOptions(table) : there(table, OPERATOR.options),
        });
      }),
    },
  });
  // The first one is empty by convention; then each tensor has one of its own.
  const buffers = kept.map((index) => bufferOf(graph, index, resized.get(index)));
  return tableOf(MODEL, {
    version: SCHEMA_VERSION,
    operatorCodes: there(graph.model, MODEL.operatorCodes),
    subgraphs: { items: [subgraph] },
    buffers: { items: [tableOf(BUFFER, {}), ...buffers] },
  });
}

/**
 * @param {Graph} graph
 * @param {number} index
 * @param {number} buffer
 * @param {Map<number, Size>} sizes
 */
function tensorOf({ tensors }, index, buffer, sizes) {
  const { table, shape } = tensors[index];
  const { height = shape[1], width = shape[2] } = sizes.get(index) ?? {};
  return tableOf(TENSOR, {
    shape: { integers: shape.map((side, axis) => [side, height, width, side][axis]) },
    type: table.int8(TENSOR.type),
    buffer,
    name: there(table, TENSOR.name),
    quantization: there(table, TENSOR.quantization),
    hasRank: table.int8(TENSOR.hasRank),
  });
}

/**
 * The values of a tensor: those it has, or another size to resize to.
 *
 * @param {Graph} graph
 * @param {number} index
 * @param {Size | undefined} size
 * @returns {Item}
 */
function bufferOf({ model, tensors }, index, size) {
  if (size) {
    const values = new Uint8Array(Int32Array.of(size.height, size.width).buffer);
    return tableOf(BUFFER, { data: { bytes: values } });
  }
  const buffer = at(model.tables(MODEL.buffers), tensors[index].table.uint32(TENSOR.buffer));
  return { position: buffer.position };
}

/** @param {Table} operator a convolution */
function unpaddedOptions(operator) {
  const options = operator.table(OPERATOR.options);
  if (!options) throw new RangeError("a convolution without options");
  return tableOf(CONVOLUTION, {
    padding: VALID_PADDING,
    strideWidth: options.int32(CONVOLUTION.strideWidth),
    strideHeight: options.int32(CONVOLUTION.strideHeight),
    activation: options.int8(CONVOLUTION.activation),
    dilationWidth: options.int32(CONVOLUTION.dilationWidth, 1),
    dilationHeight: options.int32(CONVOLUTION.dilationHeight, 1),
    biasType: options.int8(CONVOLUTION.biasType),
  });
}

/**
 * What a field points to, where it is.
 *
 * @param {Table} table
 * @param {number} field
 */
function there(table, field) {
  const position = table.target(field);
  return position ? { position } : null;
}

/**
 * @param {Record<string, number>} schema numbers of the fields
 * @param {Record<string, number | Item | null>} values of some of them
 * @returns {Item}
 */
function tableOf(schema, values) {
  /** @type {(number | Item | null)[]} */
  const table = Array(1 + Math.max(...Object.values(schema))).fill(null);
  for (const [name, value] of Object.entries(values)) table[schema[name]] = value;
  return { table };
}
