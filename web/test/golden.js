// The golden files that Python, Kotlin and this code share, and what it takes to read them.

import { readFileSync } from "node:fs";

import { crc32 } from "../files/bytes.js";

/**
 * @param {string} name
 * @returns {any}
 */
export const golden = (name) =>
  JSON.parse(readFileSync(new URL(`../../tests/golden/${name}.json`, import.meta.url), "utf8"));

/** @param {Uint8Array} data */
export const checksum = (data) => crc32(data).toString(16).padStart(8, "0");

/**
 * The random numbers of write_random_plans.py.
 *
 * @param {number} seed
 * @returns {(below: number) => number}
 */
export function generator(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
}
