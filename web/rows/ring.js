// The last rows of a tensor; each new one takes the place of one that is no longer needed.

/** @import { Box, Size } from "../plan.js" */

/**
 * @typedef {{ whole: Size, zero: number, pixelBytes: number }} Tensor `whole`: its height and width;
 *   `zero`: the byte that stands for 0.
 */

/** Columns count from `firstColumn` on, which moves with the strip. */
export class Ring {
  /**
   * @param {Size} room rows and columns to hold
   * @param {Tensor} tensor
   */
  constructor(room, tensor) {
    this.room = room;
    this.tensor = tensor;
    this.firstColumn = 0;
    this.values = new Uint8Array(room.height * room.width * tensor.pixelBytes);
  }

  /**
   * Takes what a tile keeps.
   *
   * @param {Box} own
   * @param {Uint8Array} tile
   * @param {Box} place the tile's
   */
  write(own, tile, place) {
    const { pixelBytes } = this.tensor;
    const bytes = (own.right - own.left) * pixelBytes;
    for (let row = own.top; row < own.bottom; row++) {
      const from = within(place, row, own.left) * pixelBytes;
      this.values.set(tile.subarray(from, from + bytes), this.#at(row, own.left));
    }
  }

  /**
   * Fills a tile's input; beyond the tensor there are zeros.
   *
   * @param {Box} place
   * @param {Uint8Array} target
   */
  read(place, target) {
    const { whole, zero, pixelBytes } = this.tensor;
    const there = inside(place, whole);
    clearAround(there, place, target, zero, pixelBytes);
    const bytes = (there.right - there.left) * pixelBytes;
    for (let row = there.top; row < there.bottom; row++) {
      const from = this.#at(row, there.left);
      target.set(
        this.values.subarray(from, from + bytes),
        within(place, row, there.left) * pixelBytes,
      );
    }
  }

  /**
   * @param {number} row
   * @param {number} column
   */
  #at(row, column) {
    const { height, width } = this.room;
    return ((row % height) * width + column - this.firstColumn) * this.tensor.pixelBytes;
  }
}

/**
 * Which pixel of a place a row and a column are.
 *
 * @param {Box} place
 * @param {number} row
 * @param {number} column
 */
export const within = (place, row, column) =>
  (row - place.top) * (place.right - place.left) + column - place.left;

/**
 * @param {Box} place
 * @param {Size} whole
 * @returns {Box} what of it lies inside
 */
export const inside = ({ top, left, bottom, right }, { height, width }) => ({
  top: Math.max(top, 0),
  left: Math.max(left, 0),
  bottom: Math.min(bottom, height),
  right: Math.min(right, width),
});

/**
 * Writes zeros wherever a place does not lie inside.
 *
 * @param {Box} there
 * @param {Box} place
 * @param {Uint8Array} target
 * @param {number} zero
 * @param {number} pixelBytes
 */
export function clearAround(there, place, target, zero, pixelBytes) {
  const end = target.length;
  /** @param {number} start @param {number} stop */
  const clear = (start, stop) => target.fill(zero, start * pixelBytes, stop * pixelBytes);
  clear(0, within(place, there.top, place.left));
  clear(within(place, there.bottom, place.left), end / pixelBytes);
  if (there.left === place.left && there.right === place.right) return;
  for (let row = there.top; row < there.bottom; row++) {
    clear(within(place, row, place.left), within(place, row, there.left));
    clear(within(place, row, there.right), within(place, row, place.right));
  }
}
