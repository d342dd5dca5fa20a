// What runs photos: the network in rows on the processor, or in blocks on a graphics processor.

/** @import { Pixels } from "./stitch.js" */
/** @import { Dtype } from "./tensors.js" */

/**
 * @typedef {{ content: Uint8Array, precision: string, dtype: Dtype, haloPx: number }} Model
 * @typedef {{ done: number, total: number, rows: number, columns: number }} Progress In blocks.
 * @typedef {(progress: Progress) => Promise<void> | void} OnProgress
 *
 * @typedef {object} Network
 * @property {(photo: Pixels, onProgress: OnProgress) => Promise<Uint8Array>} denoise
 * @property {() => void} close
 */
export {};
