// Pixels into blocks and out of them, and the mix of a photo and its denoised version. Pixels are
// interleaved RGB bytes, row by row.

import { keptOf, MARGIN_PX, sourceIndices } from "./plan.js";

/** @import { Block, Box, Plan, Size } from "./plan.js" */

/**
 * @typedef {{ pixels: Uint8Array, size: Size }} Pixels RGB
 * @typedef {{ luma: number, chroma: number }} Weights From 0, the photo as it was, to 1.
 */

const CHANNELS = 3;

/** Weights of red, green and blue in brightness, ITU-R BT.601, as JPEG uses them. */
const BT601_LUMA = [0.299, 0.587, 0.114].map(Math.fround);

/**
 * What the network sees of a photo in a block.
 *
 * @param {Pixels} photo
 * @param {Block} block
 * @returns {Uint8Array} RGB of the block
 */
export function readBlock(photo, { read }) {
  const { top, left, bottom, right } = read;
  return readBox(photo, {
    top: top - MARGIN_PX,
    left: left - MARGIN_PX,
    bottom: bottom - MARGIN_PX,
    right: right - MARGIN_PX,
  });
}

/**
 * A part of a photo, with mirrored pixels where it reaches over an edge.
 *
 * @param {Pixels} photo
 * @param {Box} box
 * @returns {Uint8Array} RGB
 */
export function readBox({ pixels, size }, { top, left, bottom, right }) {
  const rows = sourceIndices(top, bottom, size.height);
  const columns = sourceIndices(left, right, size.width);
  const inside = { start: Math.max(0, -left), stop: Math.min(columns.length, size.width - left) };
  const seen = new Uint8Array(rows.length * columns.length * CHANNELS);
  let to = 0;
  for (const row of rows) {
    const line = pixels.subarray(row * size.width * CHANNELS, (row + 1) * size.width * CHANNELS);
    seen.set(
      line.subarray((left + inside.start) * CHANNELS, (left + inside.stop) * CHANNELS),
      to + inside.start * CHANNELS,
    );
    mirror(line, columns, 0, inside.start, seen, to);
    mirror(line, columns, inside.stop, columns.length, seen, to);
    to += columns.length * CHANNELS;
  }
  return seen;
}

/**
 * @param {Uint8Array} line a row of the photo
 * @param {Int32Array} columns which of its pixels are shown
 * @param {number} first
 * @param {number} stop
 * @param {Uint8Array} seen
 * @param {number} to where the shown row begins
 */
function mirror(line, columns, first, stop, seen, to) {
  for (let column = first; column < stop; column++) {
    for (let channel = 0; channel < CHANNELS; channel++) {
      seen[to + column * CHANNELS + channel] = line[columns[column] * CHANNELS + channel];
    }
  }
}

/**
 * Puts the pixels that a block owns into the result.
 *
 * @param {Uint8Array} result of the whole photo, RGB
 * @param {Plan} plan
 * @param {Block} block
 * @param {Uint8Array} denoised of the block, RGB
 */
export function writeBlock(result, plan, block, denoised) {
  const { top, left } = keptOf(block);
  const from = (top * plan.block.width + left) * CHANNELS;
  const part = { pixels: denoised.subarray(from), width: plan.block.width };
  writeBox({ pixels: result, size: plan.photo }, block.own, part);
}

/**
 * @param {Pixels} photo
 * @param {Box} box
 * @param {{ pixels: Uint8Array, width: number }} part RGB that belongs there, in lines of `width`
 */
export function writeBox({ pixels, size }, { top, left, bottom, right }, part) {
  const line = (right - left) * CHANNELS;
  for (let row = top; row < bottom; row++) {
    const from = (row - top) * part.width * CHANNELS;
    pixels.set(part.pixels.subarray(from, from + line), (row * size.width + left) * CHANNELS);
  }
}

/**
 * `noisy + weight * (denoised - noisy)`, with the difference split into its BT.601 luma, the same
 * on all channels, and the rest. The Python SDK's tiling/blend.py to the bit, wherever the products
 * round alike.
 *
 * @param {Uint8Array} noisy RGB
 * @param {Uint8Array} denoised RGB
 * @param {Weights} weights
 * @returns {Uint8Array} one of the two, or a new array
 */
export function blend(noisy, denoised, { luma, chroma }) {
  if (luma === chroma && luma === 1) return denoised;
  if (luma === chroma && luma === 0) return noisy;
  const mixed = new Uint8Array(noisy.length);
  const [shared, own, fround] = [Math.fround(luma - chroma), Math.fround(chroma), Math.fround];
  const [red, green, blue] = BT601_LUMA;
  for (let at = 0; at < noisy.length; at += CHANNELS) {
    const r = denoised[at] - noisy[at];
    const g = denoised[at + 1] - noisy[at + 1];
    const b = denoised[at + 2] - noisy[at + 2];
    const bright = luma === chroma ? 0 : fround(shared * fround(r * red + g * green + b * blue));
    mixed[at] = rounded(fround(fround(noisy[at] + bright) + fround(own * r)));
    mixed[at + 1] = rounded(fround(fround(noisy[at + 1] + bright) + fround(own * g)));
    mixed[at + 2] = rounded(fround(fround(noisy[at + 2] + bright) + fround(own * b)));
  }
  return mixed;
}

/** @param {number} value */
const rounded = (value) => Math.min(255, Math.max(0, Math.fround(value + 0.5)));
