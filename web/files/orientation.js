// The eight EXIF orientations (EXIF 2.32, tag 0x0112).

/** @import { Size } from "../plan.js" */

/** @param {number} orientation Whether the stored rows are the upright picture's columns. */
export const isTransposed = (orientation) => orientation >= 5;

/**
 * @param {Size} stored
 * @param {number} orientation
 * @returns {Size}
 */
export const uprightSize = ({ height, width }, orientation) =>
  isTransposed(orientation) ? { height: width, width: height } : { height, width };

/**
 * The picture turned upright.
 *
 * @param {Uint8Array} stored interleaved
 * @param {Size} size as stored
 * @param {number} channels
 * @param {number} orientation
 * @returns {Uint8Array} `stored` itself where nothing is to be turned
 */
export function turned(stored, { height, width }, channels, orientation) {
  if (orientation === 1) return stored;
  const upright = uprightSize({ height, width }, orientation);
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const result = new Uint8Array(stored.length);
  let to = 0;
  for (let row = 0; row < upright.height; row++) {
    for (let column = 0; column < upright.width; column++) {
      let [y, x] = isTransposed(orientation) ? [column, row] : [row, column];
      if (fromBottom) y = height - 1 - y;
      if (fromRight) x = width - 1 - x;
      const from = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) result[to++] = stored[from + channel];
    }
  }
  return result;
}
