// Writes stages of a network as model files of their own.

import { inFront } from "./flatbuffer.js";
import {
  BUFFER,
  CONVOLUTION,
  ENDPOINT,
  MODEL,
  OPERATOR,
  RESIZE_NEAREST_NEIGHBOR,
  SIGNATURE,
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
 * The stages as one .tflite file with a signature for each, in their order, so that they share
 * weights and threads. Their inputs are in the stages' order.
 *
 * @param {Uint8Array} content the file that holds `graph`
 * @param {Graph} graph
 * @param {{ stage: Stage, tile: Size }[]} parts `tile`: height and width of a stage's output
 * @returns {Uint8Array}
 */
export function cut(content, graph, parts) {
  /** @type {Item[]} */
  const buffers = graph.model.tables(MODEL.buffers).map(({ position }) => ({ position }));
  const cuts = parts.map(({ stage, tile }) => new Cut(graph, stage, tile, buffers));
  const root = tableOf(MODEL, {
    version: SCHEMA_VERSION,
    operatorCodes: there(graph.model, MODEL.operatorCodes),
    subgraphs: { items: cuts.map((one) => one.subgraph()) },
    buffers: { items: buffers },
    signatures: { items: cuts.map((one, number) => one.signature(number)) },
  });
  return inFront(content, MARK, root);
}

/** A stage for tiles of one size. */
class Cut {
  /**
   * @param {Graph} graph
   * @param {Stage} stage
   * @param {Size} tile
   * @param {Item[]} buffers of the new file; the sizes to which this stage resizes are added
   */
  constructor(graph, stage, tile, buffers) {
    this.graph = graph;
    this.stage = stage;
    this.sizes = tileSizes(graph, stage, tile);
    this.buffers = buffers;
    const operators = stage.operators.map((index) => graph.operators[index]);
    this.kept = [...new Set(operators.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]))];
    const resizes = operators.filter(({ code }) => code === RESIZE_NEAREST_NEIGHBOR);
    /** What tells how far to resize: its tensor, and the size. */
    this.resized = new Map(
      resizes.map(({ inputs, outputs }) => [inputs[1], this.sizes.get(outputs[0])]),
    );
  }

  /** @returns {Item} */
  subgraph() {
    const { stage, kept } = this;
    const inputs = stage.inputs.map(({ tensor }) => tensor);
    return tableOf(SUBGRAPH, {
      tensors: { items: kept.map((index) => this.#tensor(index)) },
      inputs: this.#numbers(inputs),
      outputs: this.#numbers([stage.output]),
      operators: { items: stage.operators.map((index) => this.#operator(index)) },
    });
  }

  /** @param {number} number @returns {Item} */
  signature(number) {
    const ends = (/** @type {number[]} */ tensors) => ({
      items: tensors.map((tensor, place) =>
        tableOf(ENDPOINT, { name: { text: `${place}` }, tensor: this.kept.indexOf(tensor) }),
      ),
    });
    return tableOf(SIGNATURE, {
      inputs: ends(this.stage.inputs.map(({ tensor }) => tensor)),
      outputs: ends([this.stage.output]),
      key: { text: `stage ${number}` },
      subgraph: number,
    });
  }

  /** @param {number} index */
  #tensor(index) {
    const { table, shape } = this.graph.tensors[index];
    const { height = shape[1], width = shape[2] } = this.sizes.get(index) ?? {};
    return tableOf(TENSOR, {
      shape: { integers: shape.map((side, axis) => [side, height, width, side][axis]) },
      type: table.int8(TENSOR.type),
      buffer: this.#buffer(index),
      name: there(table, TENSOR.name),
      quantization: there(table, TENSOR.quantization),
      hasRank: table.int8(TENSOR.hasRank),
    });
  }

  /** @param {number} index */
  #buffer(index) {
    const size = this.resized.get(index);
    if (!size) return this.graph.tensors[index].table.uint32(TENSOR.buffer);
    const bytes = new Uint8Array(Int32Array.of(size.height, size.width).buffer);
    return this.buffers.push(tableOf(BUFFER, { data: { bytes } })) - 1;
  }

  /** @param {number} index */
  #operator(index) {
    const { table, inputs, outputs } = this.graph.operators[index];
    const isUnpadded = index === unpadded(this.graph, this.stage);
    return tableOf(OPERATOR, {
      code: table.uint32(OPERATOR.code),
      inputs: this.#numbers(inputs),
      outputs: this.#numbers(outputs),
      optionsType: table.int8(OPERATOR.optionsType),
      options: isUnpadded ? unpaddedOptions(table) : there(table, OPERATOR.options),
    });
  }

  /** @param {number[]} tensors */
  #numbers(tensors) {
    return { integers: tensors.map((tensor) => this.kept.indexOf(tensor)) };
  }
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
