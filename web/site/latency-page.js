// Times one block and writes the result as benchmarks/record reads it.

import { Denoiser } from "./device/denoiser.js";

/** @import { RunReport } from "./device/denoiser.js" */

const WARM_UP = 10;
const RUNS = 128;
const SECONDS = 10;

const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const chosen = (/** @type {string} */ id) => /** @type {HTMLSelectElement} */ ($(id)).value;
const start = /** @type {HTMLButtonElement} */ ($("start"));

start.addEventListener("click", async () => {
  start.disabled = true;
  try {
    await measure(chosen("network"), chosen("block"));
  } catch (error) {
    $("status").textContent = error instanceof Error ? error.message : String(error);
  } finally {
    start.disabled = false;
  }
});

/**
 * @param {string} network
 * @param {string} size HEIGHTxWIDTH
 */
async function measure(network, size) {
  const begun = new Date().toISOString();
  const [height, width] = size.split("x").map(Number);
  const precision = network.startsWith("fp16") ? "fp16" : "int8";
  $("status").textContent = "Loading the network";
  const opening = performance.now();
  const denoiser = await Denoiser.open({ precision, gpu: network.endsWith("webgpu") });
  const initMs = performance.now() - opening;
  const { latenciesMs, report } = await denoiser.latency(
    { block: { height, width }, warmUp: WARM_UP, runs: RUNS, seconds: SECONDS },
    { onProgress: ({ done, total }) => ($("status").textContent = `Run ${done} of ${total}`) },
  );
  await denoiser.close();
  show(latenciesMs, report);
  const record = await recordOf({ begun, size, initMs, latenciesMs, report });
  const link = /** @type {HTMLAnchorElement} */ ($("save"));
  link.href = URL.createObjectURL(new Blob([JSON.stringify(record, null, 1)]));
  link.hidden = false;
  $("status").textContent = `Done: ${latenciesMs.length} runs`;
}

/**
 * @param {number[]} latenciesMs
 * @param {RunReport} report
 */
function show(latenciesMs, report) {
  const sorted = latenciesMs.toSorted((one, two) => one - two);
  const facts = Object.fromEntries(
    [50, 90, 99].map((percent) => [`p${percent}`, `${percentile(sorted, percent).toFixed(1)} ms`]),
  );
  facts.Processor = `${report.processor}, ${report.precision}, threads: ${report.threads}`;
  if (report.agreementDb) facts.Agreement = `${report.agreementDb.toFixed(1)} dB`;
  if (report.reason) facts.Why = report.reason;
  facts.Heap = `${Math.round(report.heapBytes / 1e6)} MB`;
  $("facts").replaceChildren(
    ...Object.entries(facts).flatMap(([name, value]) => {
      const [term, detail] = ["dt", "dd"].map((tag) => document.createElement(tag));
      [term.textContent, detail.textContent] = [name, value];
      return [term, detail];
    }),
  );
  $("facts").hidden = false;
}

/**
 * Between the two samples around it, as numpy does it.
 *
 * @param {number[]} sorted
 * @param {number} percent
 */
function percentile(sorted, percent) {
  const at = ((sorted.length - 1) * percent) / 100;
  const below = Math.floor(at);
  const above = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (at - below) * (above - sorted[below]);
}

/**
 * @param {{ begun: string, size: string, initMs: number, latenciesMs: number[],
 *   report: RunReport }} measured
 */
async function recordOf({ begun, size, initMs, latenciesMs, report }) {
  const { processor, precision, threads, agreementDb, reason, heapBytes } = report;
  const file = `litedenoisenet-${precision}`;
  const sidecar = await (await fetch(`device/models/${file}.json`)).json();
  const isWhole = latenciesMs.length === RUNS;
  const notes = [`threads: ${threads}`];
  if (agreementDb) notes.push(`WebGPU agrees with wasm to ${agreementDb.toFixed(1)} dB`);
  return {
    schema_version: 1,
    started: begun,
    cases: [
      {
        name: `browser/${processor}/${precision}/${size}`,
        status: isWhole ? "ok" : "partial",
        reason: isWhole ? "" : `${latenciesMs.length} of ${RUNS} runs in ${SECONDS} s`,
        device: {
          name: "browser",
          soc: "browser",
          system: navigator.userAgent,
          cores: navigator.hardwareConcurrency,
        },
        mode: "quick",
        model: { file: `${file}.tflite`, sha256: sidecar.sha256, precision, block: size },
        accelerator: { requested: processor, actual: processor, reason },
        init_us: 1000 * initMs,
        samples_us: latenciesMs.map((ms) => 1000 * ms),
        peak_memory_bytes: heapBytes,
        notes,
      },
    ],
  };
}
