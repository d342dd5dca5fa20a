// A whole photo through the network, block by block.

import { RuntimeFailure } from "./errors.js";
import { chooseBlock, planBlocks } from "./plan.js";
import { retile } from "./retile.js";
import { readBlock, writeBlock } from "./stitch.js";

/** @import { Size } from "./plan.js" */
/** @import { Engine, LiteRt, Processor } from "./runtime.js" */
/** @import { Dtype } from "./tensors.js" */

/**
 * @typedef {{ content: Uint8Array, precision: string, dtype: Dtype, haloPx: number }} Model
 * @typedef {{ done: number, total: number, rows: number, columns: number }} Progress In blocks.
 */

const CELL_PX = 16;

/**
 * Levels of 255 by which the means of 16x16 cells may differ, root mean square. Noise averages out
 * over a cell, so that a network's result stays within a few; what is left of it where noise was cut
 * off at black reaches about 20. Memory that nothing was written to differs by 60 and more.
 */
const MOST_CELL_CHANGE = 32;

/** Opens a model for blocks of whatever size a photo needs, and remembers the last. */
export class Network {
  /** @type {Engine | null} */
  #engine = null;

  /**
   * @param {LiteRt} litert
   * @param {Model} model
   * @param {{ processor: Processor, threads: number }} place
   */
  constructor(litert, model, place) {
    this.litert = litert;
    this.model = model;
    this.place = place;
  }

  /**
   * @param {Size} block
   * @returns {Promise<Engine>}
   */
  async for(block) {
    const { height, width } = this.#engine?.block ?? {};
    if (this.#engine && height === block.height && width === block.width) return this.#engine;
    this.close();
    const content = retile(this.model.content, block);
    const { dtype } = this.model;
    this.#engine = await this.litert.open(content, { block, dtype, ...this.place });
    return this.#engine;
  }

  /** Gives the memory of the last engine back. */
  close() {
    this.#engine?.close();
    this.#engine = null;
  }
}

/**
 * @param {Network} network
 * @param {{ pixels: Uint8Array, size: Size }} photo RGB
 * @param {{ mostPx: number, onProgress: (progress: Progress) => Promise<void> | void }} options
 *   `mostPx`: pixels that a block may have; `onProgress` may throw to stop.
 * @returns {Promise<Uint8Array>} RGB at full strength
 * @throws {RuntimeFailure} LiteRT failed, or a block's result cannot be right
 */
export async function denoise(network, { pixels, size }, { mostPx, onProgress }) {
  const { haloPx } = network.model;
  const plan = planBlocks(size, chooseBlock(size, haloPx, mostPx), haloPx);
  const { height: rows, width: columns } = plan.grid;
  const total = plan.blocks.length;
  await onProgress({ done: 0, total, rows, columns });
  const engine = await network.for(plan.block);
  const result = new Uint8Array(pixels.length);
  for (const [index, block] of plan.blocks.entries()) {
    const noisy = readBlock(pixels, size, block);
    const denoised = await engine.run(noisy);
    checkSanity(noisy, denoised, plan.block);
    writeBlock(result, plan, block, denoised);
    await onProgress({ done: index + 1, total, rows, columns });
  }
  return result;
}

/**
 * Refuses a result that no denoising explains: the means of small cells have to stay about the same.
 *
 * @param {Uint8Array} noisy RGB of a block
 * @param {Uint8Array} denoised
 * @param {Size} block sides are multiples of 16
 * @throws {RuntimeFailure}
 */
export function checkSanity(noisy, denoised, { height, width }) {
  const across = width / CELL_PX;
  const sums = new Float64Array((height / CELL_PX) * across);
  const line = 3 * width;
  for (let row = 0; row < height; row++) {
    const cells = Math.floor(row / CELL_PX) * across;
    for (let at = 0; at < line; at++) {
      const value = denoised[row * line + at] - noisy[row * line + at];
      sums[cells + Math.floor(at / (3 * CELL_PX))] += value;
    }
  }
  const perCell = 3 * CELL_PX * CELL_PX;
  const square = sums.reduce((total, sum) => total + (sum / perCell) ** 2, 0);
  const change = Math.sqrt(square / sums.length);
  if (!(change <= MOST_CELL_CHANGE)) {
    throw new RuntimeFailure(
      `a block's result differs from the photo by ${change.toFixed(0)} of 255 levels on the mean ` +
        `of small cells; denoising changes at most ${MOST_CELL_CHANGE}`,
    );
  }
}
