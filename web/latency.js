// How long one block takes, measured as benchmarks/ measures phones: a warm-up, then 128 runs or
// ten seconds, whichever ends first.

import { testBlock } from "./gpu.js";

/** @import { BlockNetwork } from "./blocks.js" */
/** @import { Report } from "./tasks.js" */
/** @import { Size } from "./plan.js" */

/**
 * @param {BlockNetwork} network
 * @param {{ block: Size, warmUp: number, runs: number, seconds: number }} options
 * @param {Report} report
 * @returns {Promise<{ latenciesMs: number[], heapBytes: number }>}
 */
export async function timeBlocks(network, { block, warmUp, runs, seconds }, report) {
  const engine = await network.for(block);
  const pixels = testBlock(block);
  const total = warmUp + runs;
  const latenciesMs = [];
  let until = Infinity;
  for (let run = 0; run < total && performance.now() < until; run++) {
    if (run === warmUp) until = performance.now() + 1000 * seconds;
    const started = performance.now();
    await engine.run(pixels);
    if (run >= warmUp) latenciesMs.push(performance.now() - started);
    await report({ done: run + 1, total, rows: 1, columns: total });
  }
  return { latenciesMs, heapBytes: network.litert.heapBytes };
}
