// WebGPU, taken only where it computes what wasm computes, twice: on some graphics processors only
// the first run is right (google-ai-edge/LiteRT, issue 8065).

import { BlockNetwork } from "./blocks.js";
import { RuntimeFailure } from "./errors.js";

const BLOCK = { height: 64, width: 64 };
const RUNS = 2;
const LEAST_DB = 50;
const FEATURES = /** @type {GPUFeatureName[]} */ (["shader-f16", "subgroups"]);

/**
 * @param {string} precision
 * @returns {Promise<GPUDevice>}
 */
export async function gpuDevice(precision) {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new RuntimeFailure("this browser has no graphics processor for WebGPU");
  // Without them LiteRT computes nonsense, and says so in uncaptured errors alone.
  if (precision === "fp16" && !adapter.features.has("shader-f16")) {
    throw new RuntimeFailure("the graphics processor does not compute in half floats (shader-f16)");
  }
  const { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } =
    adapter.limits;
  return adapter.requestDevice({
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage },
  });
}

/**
 * How well the network agrees with itself on wasm, in the worse of two runs in a row.
 *
 * @param {BlockNetwork} network on WebGPU
 * @returns {Promise<number>} PSNR in dB, at least 50; Infinity where all is equal
 * @throws {RuntimeFailure} it does not
 */
export async function agreementOf(network) {
  const pixels = testBlock();
  const onWasm = { ...network.place, processor: /** @type {const} */ ("wasm"), threads: 1 };
  const wasm = new BlockNetwork(network.litert, network.model, onWasm);
  const expected = await (await wasm.for(BLOCK)).run(pixels);
  const engine = await network.for(BLOCK);
  let least = Infinity;
  for (let run = 1; run <= RUNS; run++) {
    const db = psnr(expected, await engine.run(pixels));
    if (!(db >= LEAST_DB)) {
      throw new RuntimeFailure(
        `run ${run} on WebGPU agrees with wasm to ${db.toFixed(1)} dB, expected ${LEAST_DB}`,
      );
    }
    least = Math.min(least, db);
  }
  wasm.close();
  return least;
}

/** A step between two greys under noise that is the same every time. */
export function testBlock({ height, width } = BLOCK) {
  let state = 1;
  return Uint8Array.from({ length: 3 * height * width }, (_, at) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const isLeft = Math.floor(at / 3) % width < width / 2;
    return (isLeft ? 80 : 150) + (state >>> 27) - 16;
  });
}

/**
 * @param {Uint8Array} expected
 * @param {Uint8Array} found
 */
function psnr(expected, found) {
  const square = expected.reduce((sum, value, at) => sum + (value - found[at]) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (square / expected.length));
}
