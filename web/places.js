// Where the network can run in this browser, best first, and why not elsewhere.

/** @import { Processor } from "./runtime.js" */

/**
 * @typedef {"int8" | "fp16" | "fp32"} Precision
 * @typedef {object} Place
 * @property {Processor} processor
 * @property {Precision} precision
 * @property {"compat" | "threaded"} build of LiteRT
 * @property {number} threads
 * @property {number} mostPx pixels that a block may have on a graphics processor
 * @property {number} budgetBytes what the processor may take beside the photo and its result
 * @property {number} maxHeapBytes of wasm memory
 * @property {string} reason why no better place was taken; "" for the best
 */

const PHONE = { budgetBytes: 150_000_000, maxHeapBytes: 300_000_000 };
const COMPUTER = { budgetBytes: 250_000_000, maxHeapBytes: 1_000_000_000 };
const LEAST_BYTES = 60_000_000;
const GPU_PX = 512 * 512;
const MOST_THREADS = 8;

/** Asks for a relaxed SIMD instruction, which LiteRT's build with threads is made of. */
const RELAXED_SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15,
  65, 2, 253, 15, 253, 128, 2, 11,
]);

/**
 * @param {{ precision: Precision, gpu: boolean, threads?: number, isPhone?: boolean }} wanted
 * @returns {Place[]} best first; a place that fails is left for the next
 */
export function placesFor({ precision, gpu, threads, isPhone = onPhone() }) {
  const limits = isPhone ? PHONE : COMPUTER;
  const obstacle = whyOneThread();
  const most = Math.min(navigator.hardwareConcurrency || 1, MOST_THREADS);
  /** @type {Place} */
  const wasm = {
    processor: "wasm",
    precision,
    build: obstacle ? "compat" : "threaded",
    threads: obstacle ? 1 : Math.min(threads ?? most, most),
    mostPx: GPU_PX,
    ...limits,
    reason: obstacle && `one thread, as ${obstacle}`,
  };
  /** @type {Place} */
  const least = {
    ...wasm,
    build: "compat",
    threads: 1,
    budgetBytes: LEAST_BYTES,
    reason: "one thread and little memory",
  };
  const places = [wasm, least];
  const noGpu = gpu ? whyNoGpu() : "";
  if (noGpu) for (const place of places) place.reason = joined([noGpu, place.reason]);
  if (!gpu || noGpu) return places;
  return [{ ...wasm, processor: "webgpu", precision: "fp16", reason: "" }, ...places];
}

/** Why there is one thread alone; "" if there can be more. */
function whyOneThread() {
  if (!globalThis.isSecureContext) return "threads need HTTPS or localhost";
  if (!globalThis.crossOriginIsolated) {
    return "the page is not isolated (its server sends no COOP and COEP headers)";
  }
  if (!WebAssembly.validate(RELAXED_SIMD)) return "this browser has no relaxed SIMD";
  return "";
}

function whyNoGpu() {
  if (!globalThis.isSecureContext) return "WebGPU needs HTTPS or localhost";
  return "gpu" in navigator ? "" : "this browser has no WebGPU";
}

/** Phones and tablets stop a page that takes much memory. */
function onPhone() {
  const { userAgent, maxTouchPoints } = navigator;
  const isIPad = /Macintosh/.test(userAgent) && maxTouchPoints > 1;
  return isIPad || /Android|iPhone|iPad|Mobile/.test(userAgent);
}

/** @param {string[]} reasons */
const joined = (reasons) => reasons.filter(Boolean).join("; ");
