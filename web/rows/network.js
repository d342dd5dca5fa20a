// The network on the processor, row by row: nearly nothing is computed twice, and it takes little
// memory for photos of any size.

import { readGraph } from "../model/graph.js";
import { planRows } from "./choose.js";
import { staged } from "./nodes.js";
import { Stream } from "./stream.js";

/** @import { Model, OnProgress } from "../network.js" */
/** @import { Size } from "../plan.js" */
/** @import { LiteRt } from "../runtime.js" */
/** @import { Pixels } from "../stitch.js" */

/** Opens a model for photos of whatever size, and remembers the last. */
export class RowsNetwork {
  #opened = { size: "", stream: /** @type {Stream | null} */ (null) };

  /**
   * @param {LiteRt} litert
   * @param {Model} model
   * @param {{ threads: number, budgetBytes: number }} place `budgetBytes`: memory beside the photo
   *   and its result
   */
  constructor(litert, model, place) {
    this.litert = litert;
    this.place = place;
    this.source = { ...model, graph: readGraph(model.content) };
    this.staged = staged(this.source.graph);
  }

  /**
   * @param {Pixels} photo
   * @param {OnProgress} onProgress may throw to stop
   * @returns {Promise<Uint8Array>} RGB at full strength
   * @throws {RuntimeFailure} LiteRT failed, or a result cannot be right
   */
  async denoise(photo, onProgress) {
    const stream = await this.#for(photo.size);
    const { height: rows, width: columns } = stream.plan.grid;
    const total = rows * columns;
    await onProgress({ done: 0, total, rows, columns });
    return stream.run(photo, async (done) => onProgress({ done, total, rows, columns }));
  }

  /** Gives the memory of the last photo back. */
  close() {
    this.#opened.stream?.close();
    this.#opened = { size: "", stream: null };
  }

  /** @param {Size} photo */
  async #for(photo) {
    const size = `${photo.width}x${photo.height}`;
    if (this.#opened.stream && this.#opened.size === size) return this.#opened.stream;
    this.close();
    const plan = planRows(this.staged, photo, this.place.budgetBytes);
    const stream = await Stream.open(this.litert, this.source, plan, this.place.threads);
    this.#opened = { size, stream };
    return stream;
  }
}
