// Between RGB bytes and the tensors at a network's ends, whose values are in [0, 1]. An int8 tensor
// counts in 1/255 with zero point -128, so that bytes go through as they are.

import { RuntimeFailure } from "./errors.js";

/** @typedef {"int8" | "float32"} Dtype */

const SIGN_BIT = 0x80;
const LEVELS = 255;

/**
 * @param {Uint8Array} pixels
 * @param {Uint8Array} tensor the tensor's bytes, overwritten
 * @param {Dtype} dtype
 */
export function toTensor(pixels, tensor, dtype) {
  if (dtype === "int8") {
    for (let at = 0; at < pixels.length; at++) tensor[at] = pixels[at] ^ SIGN_BIT;
    return;
  }
  const values = floatsOf(tensor);
  for (let at = 0; at < pixels.length; at++) values[at] = pixels[at] / LEVELS;
}

/**
 * @param {Uint8Array} tensor the tensor's bytes
 * @param {Dtype} dtype
 * @returns {Uint8Array} rounded half away from zero
 * @throws {RuntimeFailure} NaN or infinity
 */
export function fromTensor(tensor, dtype) {
  if (dtype === "int8") {
    const pixels = tensor.slice();
    for (let at = 0; at < pixels.length; at++) pixels[at] ^= SIGN_BIT;
    return pixels;
  }
  const values = floatsOf(tensor);
  const pixels = new Uint8Array(values.length);
  for (let at = 0; at < values.length; at++) {
    const scaled = Math.fround(Math.fround(values[at] * LEVELS) + 0.5);
    if (Number.isNaN(scaled)) throw new RuntimeFailure("the result holds NaN or infinity");
    pixels[at] = Math.min(LEVELS, Math.max(0, scaled));
  }
  return pixels;
}

/** @param {Uint8Array} bytes */
const floatsOf = (bytes) =>
  new Float32Array(
    bytes.buffer,
    bytes.byteOffset,
    bytes.byteLength / Float32Array.BYTES_PER_ELEMENT,
  );
