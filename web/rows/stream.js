// Runs a plan: each stage computes tiles, and rows wait in rings for whoever reads them.

import { cut } from "../model/cutter.js";
import { seen } from "../model/stages.js";
import { MARGIN_PX } from "../plan.js";
import { checkSanity } from "../sanity.js";
import { readBox, writeBox } from "../stitch.js";
import { fromTensor, toTensor } from "../tensors.js";
import { PICTURE } from "./axis.js";
import { clearAround, inside, Ring, within } from "./ring.js";
import { Stages } from "./stages.js";

/** @import { Graph } from "../model/graph.js" */
/** @import { Box } from "../plan.js" */
/** @import { LiteRt } from "../runtime.js" */
/** @import { Dtype } from "../tensors.js" */
/** @import { Piece } from "./axis.js" */
/** @import { RowsPlan } from "./plan.js" */
/** @import { Pixels } from "../stitch.js" */

/** @typedef {{ content: Uint8Array, graph: Graph, dtype: Dtype }} Source */

/** A network opened for one plan. */
export class Stream {
  /**
   * @param {Stages} stages
   * @param {Source} source
   * @param {RowsPlan} plan
   */
  constructor(stages, { graph, dtype }, plan) {
    this.stages = stages;
    this.plan = plan;
    this.dtype = dtype;
    this.picture = tensorOf(graph, graph.input, plan, 0);
    this.rings = plan.rings.map((room, index) => {
      const { output, level } = plan.network.stages[index];
      return new Ring(room, tensorOf(graph, output, plan, level));
    });
  }

  /**
   * @param {LiteRt} litert
   * @param {Source} source
   * @param {RowsPlan} plan
   * @param {number} threads
   * @returns {Promise<Stream>}
   * @throws {RuntimeFailure} LiteRT cannot open the network, or memory ran out
   */
  static async open(litert, source, plan, threads) {
    const { stages } = plan.network;
    const parts = stages.map((stage, index) => ({ stage, tile: plan.tiles[index] }));
    const content = cut(source.content, source.graph, parts);
    const inputs = stages.map((stage) => stage.inputs.length);
    return new Stream(await Stages.open(litert, content, inputs, threads), source, plan);
  }

  /**
   * @param {Pixels} photo
   * @param {(done: number) => Promise<void>} onBand with the number of bands of the result that are
   *   done; may throw to stop
   * @returns {Promise<Uint8Array>} RGB
   * @throws {RuntimeFailure} LiteRT failed, or a result cannot be right
   */
  async run(photo, onBand) {
    const result = new Uint8Array(photo.pixels.length);
    const { bands, done } = this.plan.schedule;
    const last = bands.length - 1;
    for (const [strip, columns] of this.plan.columns.entries()) {
      this.rings.forEach((ring, index) => ([ring.firstColumn] = columns[index + 1].own));
      const computed = bands.map(() => 0);
      for (const step of done[last].keys()) {
        const before = computed[last];
        for (let node = PICTURE + 1; node < bands.length; node++) {
          for (; computed[node] < done[node][step]; computed[node]++) {
            const rows = bands[node].at(computed[node]);
            for (const piece of columns[node].all()) {
              await this.#compute(node, rows, piece, photo, result);
            }
          }
        }
        if (computed[last] > before) await onBand(strip * bands[last].count + computed[last]);
      }
    }
    return result;
  }

  /** Gives the memory back to LiteRT's heap. */
  close() {
    this.stages.close();
  }

  /**
   * @param {number} node
   * @param {Piece} rows
   * @param {Piece} columns
   * @param {Pixels} photo
   * @param {Uint8Array} result
   */
  async #compute(node, rows, columns, photo, result) {
    const stage = node - 1;
    return this.stages.litert.guarded(`compute stage ${stage}`, async () => {
      this.plan.network.nodes[node].reads.forEach(({ node: source, window }, number) => {
        const [top, bottom] = seen(window, rows.start, rows.stop);
        const [left, right] = seen(window, columns.start, columns.stop);
        const place = { top, left, bottom, right };
        this.stages.input(stage, number, (target) => {
          if (source === PICTURE) this.#see(photo, place, target);
          else this.rings[source - 1].read(place, target);
        });
      });
      const place = boxOf(rows.start, columns.start, rows.stop, columns.stop);
      const own = boxOf(rows.ownStart, columns.ownStart, rows.ownStop, columns.ownStop);
      await this.stages.run(stage, (values) => {
        if (node <= this.rings.length) this.rings[node - 1].write(own, values, place);
        else this.#keep(own, values, place, photo, result);
      });
    });
  }

  /**
   * @param {Pixels} photo
   * @param {Box} place
   * @param {Uint8Array} target
   */
  #see(photo, place, target) {
    const { whole, zero, pixelBytes } = this.picture;
    const there = inside(place, whole);
    clearAround(there, place, target, zero, pixelBytes);
    const pixels = readBox(photo, onPhoto(there));
    const width = there.right - there.left;
    for (let row = there.top; row < there.bottom; row++) {
      const from = within(there, row, there.left) * 3;
      const to = within(place, row, there.left) * pixelBytes;
      const line = target.subarray(to, to + width * pixelBytes);
      toTensor(pixels.subarray(from, from + width * 3), line, this.dtype);
    }
  }

  /**
   * @param {Box} own
   * @param {Uint8Array} values
   * @param {Box} place
   * @param {Pixels} photo
   * @param {Uint8Array} result
   */
  #keep(own, values, place, photo, result) {
    const { pixelBytes } = this.picture;
    const size = { height: own.bottom - own.top, width: own.right - own.left };
    const denoised = new Uint8Array(size.height * size.width * 3);
    for (let row = own.top; row < own.bottom; row++) {
      const from = within(place, row, own.left) * pixelBytes;
      const line = values.subarray(from, from + size.width * pixelBytes);
      denoised.set(fromTensor(line, this.dtype), within(own, row, own.left) * 3);
    }
    const box = onPhoto(own);
    checkSanity(readBox(photo, box), denoised, size);
    writeBox({ ...photo, pixels: result }, box, { pixels: denoised, width: size.width });
  }
}

/**
 * @param {Graph} graph
 * @param {number} index
 * @param {RowsPlan} plan
 * @param {number} level
 */
function tensorOf({ tensors }, index, { padded }, level) {
  const { shape, bytes, zeroPoint } = tensors[index];
  const whole = { height: padded.height >> level, width: padded.width >> level };
  return { whole, zero: zeroPoint & 0xff, pixelBytes: shape[3] * bytes };
}

/** @param {Box} box in padded coordinates @returns {Box} */
const onPhoto = ({ top, left, bottom, right }) =>
  boxOf(top - MARGIN_PX, left - MARGIN_PX, bottom - MARGIN_PX, right - MARGIN_PX);

/**
 * @param {number} top
 * @param {number} left
 * @param {number} bottom
 * @param {number} right
 * @returns {Box}
 */
const boxOf = (top, left, bottom, right) => ({ top, left, bottom, right });
