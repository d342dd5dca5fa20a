// Changes the block size of a model file. A .tflite file fixes the height and width of every
// activation, and the output size of its nearest resizes is a constant, so all of these integers
// are overwritten where they stand (as the Python SDK's model/retile.py does). Nothing in the file
// is trusted: native code sees it only after the ends of every table that is read were checked.

import { CorruptModel, OptionsError } from "./errors.js";
import { STRIDE_PX } from "./plan.js";

/** @import { Size } from "./plan.js" */

// Numbers of fields in TensorFlow Lite's schema (schema.fbs, version 3).
const MODEL = { operatorCodes: 1, subgraphs: 2, buffers: 4 };
const SUBGRAPH = { tensors: 0, inputs: 1, operators: 3 };
const TENSOR = { shape: 0, buffer: 2, shapeSignature: 7 };
const OPERATOR = { code: 0, inputs: 1, outputs: 2 };
const CODE = { deprecated: 0, builtin: 3 };
const BUFFER = { data: 0 };

const RESIZE_NEAREST_NEIGHBOR = 97;
const HEADER_BYTES = 4;

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
  if (String.fromCharCode(...content.slice(4, 8)) !== "TFL3") {
    throw new CorruptModel(
      `expected a TensorFlow Lite file, got ${content.length} bytes without its mark TFL3; ` +
        "fetch the model again",
    );
  }
  try {
    return overwrite(content.slice(), block);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CorruptModel(
      "expected a whole TensorFlow Lite file, got one that is cut short or damaged; " +
        "fetch the model again",
    );
  }
}

/**
 * @param {Uint8Array} file
 * @param {Size} block
 */
function overwrite(file, block) {
  const model = Table.root(file);
  const subgraph = model.tables(MODEL.subgraphs)[0];
  if (!subgraph) throw new CorruptModel("expected one graph in the model, got none");
  const tensors = subgraph.tables(SUBGRAPH.tensors);
  const operators = subgraph.tables(SUBGRAPH.operators);
  const source = subgraph.integers(SUBGRAPH.inputs).get(0);
  const [, height, width] = at(tensors, source).integers(TENSOR.shape).values();

  const shapes = new Map();
  for (const index of dependents(operators, source)) {
    const shape = at(tensors, index).integers(TENSOR.shape);
    const [batch, rows, columns, channels] = shape.values();
    const scaled = [
      batch,
      (rows * block.height) / height,
      (columns * block.width) / width,
      channels,
    ];
    if (shape.length !== 4 || !scaled.every(Number.isInteger)) {
      throw new CorruptModel(`expected pictures of four dimensions, got ${shape.values()}`);
    }
    shapes.set(index, scaled);
  }
  for (const [index, shape] of shapes) {
    at(tensors, index).integers(TENSOR.shape).set(shape);
    at(tensors, index).integers(TENSOR.shapeSignature).set(shape);
  }
  const codes = model.tables(MODEL.operatorCodes);
  const buffers = model.tables(MODEL.buffers);
  for (const operator of operators) {
    if (codeOf(at(codes, operator.uint32(OPERATOR.code))) !== RESIZE_NEAREST_NEIGHBOR) continue;
    const size = at(tensors, operator.integers(OPERATOR.inputs).get(1));
    const [, rows, columns] = shapes.get(operator.integers(OPERATOR.outputs).get(0));
    at(buffers, size.uint32(TENSOR.buffer)).bytes(BUFFER.data).set([rows, columns]);
  }
  // A file may let two tensors share one list of integers; then the second spoiled the first.
  for (const [index, shape] of shapes) {
    if (String(at(tensors, index).integers(TENSOR.shape).values()) !== String(shape)) {
      throw new CorruptModel("the model file shares sizes between tensors; export it again");
    }
  }
  return file;
}

/**
 * The tensors that depend on the input picture, itself included.
 *
 * @param {Table[]} operators in the order in which they run
 * @param {number} source
 */
function dependents(operators, source) {
  const found = new Set([source]);
  for (const operator of operators) {
    if (
      !operator
        .integers(OPERATOR.inputs)
        .values()
        .some((index) => found.has(index))
    )
      continue;
    for (const output of operator.integers(OPERATOR.outputs).values()) found.add(output);
  }
  return found;
}

/** @param {Table} code Codes below 127 were once a single byte, and files still carry both. */
const codeOf = (code) => Math.max(code.int32(CODE.builtin), code.int8(CODE.deprecated));

/**
 * @template T
 * @param {T[]} list
 * @param {number} index
 */
function at(list, index) {
  if (!(index in list)) throw new RangeError(`${index} of ${list.length}`);
  return list[index];
}

/** A FlatBuffers table; every read outside the file raises RangeError. */
class Table {
  /**
   * @param {DataView} view
   * @param {number} position
   */
  constructor(view, position) {
    this.view = view;
    this.position = position;
    this.fields = position - view.getInt32(position, true);
  }

  /** @param {Uint8Array} file */
  static root(file) {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    return new Table(view, view.getUint32(0, true));
  }

  /**
   * Where a field lies, 0 if the table has none.
   *
   * @param {number} field
   */
  #at(field) {
    const entry = HEADER_BYTES + 2 * field;
    if (entry >= this.view.getUint16(this.fields, true)) return 0;
    const offset = this.view.getUint16(this.fields + entry, true);
    return offset && this.position + offset;
  }

  /** @param {number} field */
  #vector(field) {
    const found = this.#at(field);
    if (!found) return { start: 0, count: 0 };
    const start = found + this.view.getUint32(found, true);
    return { start: start + 4, count: this.view.getUint32(start, true) };
  }

  /** @param {number} field */
  uint32(field) {
    const found = this.#at(field);
    return found ? this.view.getUint32(found, true) : 0;
  }

  /** @param {number} field */
  int32(field) {
    const found = this.#at(field);
    return found ? this.view.getInt32(found, true) : 0;
  }

  /** @param {number} field */
  int8(field) {
    const found = this.#at(field);
    return found ? this.view.getInt8(found) : 0;
  }

  /** @param {number} field */
  tables(field) {
    const { start, count } = this.#vector(field);
    const found = [];
    for (let entry = start; entry < start + 4 * count; entry += 4) {
      found.push(new Table(this.view, entry + this.view.getUint32(entry, true)));
    }
    return found;
  }

  /**
   * A list of 32-bit integers.
   *
   * @param {number} field
   */
  integers(field) {
    const { start, count } = this.#vector(field);
    return new Integers(this.view, start, count);
  }

  /**
   * A list of bytes, seen as 32-bit integers.
   *
   * @param {number} field
   */
  bytes(field) {
    const { start, count } = this.#vector(field);
    return new Integers(this.view, start, count / 4);
  }
}

/** 32-bit integers inside the file. */
class Integers {
  /**
   * @param {DataView} view
   * @param {number} start
   * @param {number} length
   */
  constructor(view, start, length) {
    this.view = view;
    this.start = start;
    this.length = length;
  }

  /** @param {number} index */
  get(index) {
    if (!(index < this.length)) throw new RangeError(`${index} of ${this.length}`);
    return this.view.getInt32(this.start + 4 * index, true);
  }

  values() {
    const values = [];
    for (let index = 0; index < this.length; index++) values.push(this.get(index));
    return values;
  }

  /**
   * Overwrites the list, which has to be as long, or absent.
   *
   * @param {number[]} values
   */
  set(values) {
    if (!this.length) return;
    if (this.length !== values.length) throw new RangeError(`${values.length} of ${this.length}`);
    values.forEach((value, index) => this.view.setInt32(this.start + 4 * index, value, true));
  }
}
