// Which blocks a photo is computed in: whole numbers only, no pixels. The same plans as the Python
// SDK's tiling/ makes, and Kotlin's: tests/golden/ holds all three to one set of files.
//
// The photo is padded by MARGIN_PX mirrored pixels before its first row and column, and at least as
// many behind its last, up to a multiple of the network's stride. At both ends of a block some
// pixels are computed for context only, except where the padded photo ends as well.

import { OptionsError } from "./errors.js";

/** The network halves its input four times: it commutes with shifts by multiples of this alone. */
export const STRIDE_PX = 16;

/** Mirrored pixels around the photo, which keep the network's zero padding away from it. */
export const MARGIN_PX = 16;

/**
 * @typedef {{ height: number, width: number }} Size In pixels.
 * @typedef {{ top: number, left: number, bottom: number, right: number }} Box Ends excluded.
 * @typedef {{ read: Box, own: Box }} Block One inference: what the network sees, in padded
 *   coordinates, and what of the result counts, in photo coordinates.
 * @typedef {{ photo: Size, block: Size, haloPx: number, blocks: Block[], grid: Size }} Plan
 *   `grid`: blocks down and across.
 * @typedef {{ readStart: number, readStop: number, ownStart: number, ownStop: number }} Span
 */

/**
 * Cuts a photo into blocks of one size; every pixel is owned by exactly one of them.
 *
 * @param {Size} photo
 * @param {Size} block
 * @param {number} haloPx context that every pixel has inside its block; a multiple of 16
 * @returns {Plan} blocks row by row from the top left
 * @throws {OptionsError} photo, block and halo do not fit together
 */
export function planBlocks(photo, block, haloPx) {
  const rows = solveAxis(photo.height, block.height, haloPx);
  const columns = solveAxis(photo.width, block.width, haloPx);
  const blocks = rows.flatMap((row) =>
    columns.map((column) => ({
      read: boxOf(row.readStart, column.readStart, row.readStop, column.readStop),
      own: boxOf(row.ownStart, column.ownStart, row.ownStop, column.ownStop),
    })),
  );
  return { photo, block, haloPx, blocks, grid: { height: rows.length, width: columns.length } };
}

/**
 * What a block owns, seen from its own top left corner.
 *
 * @param {Block} block
 * @returns {Box}
 */
export function keptOf({ read, own }) {
  const [down, right] = [MARGIN_PX - read.top, MARGIN_PX - read.left];
  return boxOf(own.top + down, own.left + right, own.bottom + down, own.right + right);
}

/**
 * The block size that computes the fewest pixels, and among equals has the fewest blocks.
 *
 * @param {Size} photo
 * @param {number} haloPx a multiple of 16
 * @param {number} mostPx pixels that a block may have
 * @returns {Size}
 * @throws {OptionsError} not even the smallest block is that small
 */
export function chooseBlock(photo, haloPx, mostPx) {
  const [heights, widths] = [photo.height, photo.width].map((side) =>
    blockLengths(side, haloPx).map((length) => ({
      length,
      count: countBlocks(side, length, haloPx),
    })),
  );
  let best = null;
  for (const rows of heights) {
    for (const columns of widths) {
      const area = rows.length * columns.length;
      if (area > mostPx) continue;
      const count = rows.count * columns.count;
      const found = { work: count * area, count, height: rows.length, width: columns.length };
      const isLess = !best || found.work < best.work;
      if (isLess || (found.work === best?.work && found.count < best.count)) best = found;
    }
  }
  if (best) return { height: best.height, width: best.width };
  const least = heights[heights.length - 1].length * widths[widths.length - 1].length;
  throw new OptionsError(
    `a photo of ${photo.width} x ${photo.height} pixels needs blocks of at least ${least} pixels ` +
      `with a halo of ${haloPx}; at most ${mostPx} are allowed`,
  );
}

/**
 * Which photo row (or column) each of the positions `start` to `stop` shows. Outside the photo it
 * is mirrored about its edge pixel; where it is too small for that, the last pixel that could be
 * mirrored is repeated.
 *
 * @param {number} start may lie before 0
 * @param {number} stop excluded; may lie behind `length`
 * @param {number} length of the photo's side
 * @returns {Int32Array}
 */
export function sourceIndices(start, stop, length) {
  return Int32Array.from({ length: stop - start }, (_, index) => {
    const at = start + index;
    const mirrored = at < length ? Math.abs(at) : 2 * (length - 1) - at;
    return Math.min(Math.max(mirrored, 0), length - 1);
  });
}

/**
 * Length of the padded axis of a photo `length` pixels long, at least one `block`.
 *
 * @param {number} length
 * @param {number} [block]
 */
export function paddedLength(length, block = 0) {
  return Math.max(ceilTo(length + 2 * MARGIN_PX, STRIDE_PX), block);
}

/**
 * The blocks along one axis, in order.
 *
 * @param {number} length
 * @param {number} block
 * @param {number} haloPx
 * @returns {Span[]}
 */
function solveAxis(length, block, haloPx) {
  const count = countBlocks(length, block, haloPx);
  const step = block - contextBefore(haloPx) - contextAfter(haloPx);
  const lastStart = paddedLength(length, block) - block;
  let ownStart = 0;
  return Array.from({ length: count }, (_, index) => {
    const readStart = Math.max(0, Math.min(index * step, lastStart)); // never -0
    const readStop = readStart + block;
    const isLast = index === count - 1;
    const ownStop = isLast ? length : readStop - contextAfter(haloPx) - MARGIN_PX;
    const span = { readStart, readStop, ownStart, ownStop };
    ownStart = ownStop;
    return span;
  });
}

/**
 * @param {number} length
 * @param {number} block
 * @param {number} haloPx
 */
function countBlocks(length, block, haloPx) {
  if (!(length >= 1)) throw new OptionsError(`a photo's side must be at least 1; got ${length}`);
  if (!(haloPx >= 0) || haloPx % STRIDE_PX) {
    throw new OptionsError(`a halo must be a multiple of ${STRIDE_PX} pixels; got ${haloPx}`);
  }
  if (!(block >= STRIDE_PX) || block % STRIDE_PX) {
    throw new OptionsError(`a block's side must be a multiple of ${STRIDE_PX}; got ${block}`);
  }
  const beyondFirst = reach(length, haloPx, block) - block;
  if (beyondFirst <= 0) return 1;
  if (block < shortest(haloPx)) {
    throw new OptionsError(
      `a block of ${block} pixels is too short to be one of several with a halo of ${haloPx}; ` +
        `take at least ${shortest(haloPx)}`,
    );
  }
  const step = block - contextBefore(haloPx) - contextAfter(haloPx);
  return 1 + Math.ceil(beyondFirst / step);
}

/**
 * Every block length worth considering, longest first: the shortest for each number of blocks.
 *
 * @param {number} length
 * @param {number} haloPx
 */
function blockLengths(length, haloPx) {
  const far = reach(length, haloPx);
  const context = contextBefore(haloPx) + contextAfter(haloPx);
  let block = ceilTo(far, STRIDE_PX);
  const lengths = [block];
  for (let count = 2; block > shortest(haloPx); count++) {
    const covering = Math.ceil((far + context * (count - 1)) / count);
    const shorter = Math.max(ceilTo(covering, STRIDE_PX), shortest(haloPx));
    if (shorter < block) lengths.push((block = shorter));
  }
  return lengths;
}

// Ends of blocks lie on the stride, which saves two strides of context before what a block keeps
// and one behind; the SDK's tiling/axis.py has the derivation.

/** @param {number} haloPx */
const contextBefore = (haloPx) => Math.max(haloPx - 2 * STRIDE_PX, 0);

/** @param {number} haloPx */
const contextAfter = (haloPx) => Math.max(haloPx - STRIDE_PX, 0);

/**
 * The shortest of several blocks: all own something, the first behind the margin, too.
 *
 * @param {number} haloPx
 */
const shortest = (haloPx) =>
  contextAfter(haloPx) + STRIDE_PX + Math.max(contextBefore(haloPx), MARGIN_PX);

/**
 * How far, in padded coordinates, blocks must reach for the last photo pixel to be right.
 *
 * @param {number} length
 * @param {number} haloPx
 * @param {number} [block]
 */
const reach = (length, haloPx, block = 0) =>
  Math.min(MARGIN_PX + length + contextAfter(haloPx), paddedLength(length, block));

/**
 * @param {number} value
 * @param {number} step
 */
export const ceilTo = (value, step) => Math.ceil(value / step) * step;

/**
 * @param {number} top
 * @param {number} left
 * @param {number} bottom
 * @param {number} right
 * @returns {Box}
 */
const boxOf = (top, left, bottom, right) => ({ top, left, bottom, right });
