// Whether a result can be right: LiteRT has given uninitialised memory for one, without an error.

import { RuntimeFailure } from "./errors.js";

/** @import { Size } from "./plan.js" */

const CELL_PX = 16;
const ROW_STEP = 4; // a quarter of the rows tells as much

/**
 * Levels of 255 by which the means of 16x16 cells may differ, root mean square. Noise averages out
 * over a cell, so that a network's result stays within a few; what is left of it where noise was cut
 * off at black reaches about 20. Memory that nothing was written to differs by 60 and more.
 */
const MOST_CELL_CHANGE = 32;

/**
 * Refuses a result that no denoising explains: the means of small cells have to stay about the same.
 * Cells that the right or the lower edge cuts off count for less.
 *
 * @param {Uint8Array} noisy RGB
 * @param {Uint8Array} denoised
 * @param {Size} size
 * @throws {RuntimeFailure}
 */
export function checkSanity(noisy, denoised, { height, width }) {
  const across = Math.ceil(width / CELL_PX);
  const sums = new Float64Array(Math.ceil(height / CELL_PX) * across);
  const line = 3 * width;
  for (let row = 0; row < height; row += ROW_STEP) {
    const cells = Math.floor(row / CELL_PX) * across;
    for (let at = 0; at < line; at++) {
      const value = denoised[row * line + at] - noisy[row * line + at];
      sums[cells + Math.floor(at / (3 * CELL_PX))] += value;
    }
  }
  const perCell = (3 * CELL_PX * CELL_PX) / ROW_STEP;
  const square = sums.reduce((total, sum) => total + (sum / perCell) ** 2, 0);
  const change = Math.sqrt(square / ((height * width) / CELL_PX ** 2));
  if (!(change <= MOST_CELL_CHANGE)) {
    throw new RuntimeFailure(
      `a result differs from the photo by ${change.toFixed(0)} of 255 levels on the mean ` +
        `of small cells; denoising changes at most ${MOST_CELL_CHANGE}`,
    );
  }
}
