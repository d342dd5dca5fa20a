// What the worker does for the page: each message names a task and is answered by its result or
// its error, with its progress before.

import { BlockNetwork } from "./blocks.js";
import { OptionsError, packError, RuntimeFailure } from "./errors.js";
import { timeBlocks } from "./latency.js";
import { removedNoise } from "./noise.js";
import { decode, encode } from "./photo.js";
import { agreementOf, gpuDevice } from "./gpu.js";
import { RowsNetwork } from "./rows/network.js";
import { LiteRt } from "./runtime.js";
import { blend } from "./stitch.js";

/** @import { Model, Network, Progress } from "./network.js" */
/** @import { Place } from "./places.js" */
/** @import { Weights } from "./stitch.js" */

/**
 * @typedef {(progress: Progress) => Promise<void>} Report Sends progress; throws once cancelled.
 * @typedef {object} Opened
 * @property {LiteRt} litert
 * @property {Network} network
 * @property {BlockNetwork} blocks the same, for blocks that are timed
 * @property {number | null} agreementDb
 */

const BUILDS = { compat: "litert_wasm_compat_internal", threaded: "litert_wasm_threaded_internal" };

/** @type {Set<number>} */
const cancelled = new Set();

/** @type {Opened | null} */
let opened = null;

/** @type {Record<string, (given: any, report: Report) => Promise<unknown>>} */
const TASKS = {
  /** @param {{ place: Place }} given */
  async open({ place }) {
    opened = await openAt(place);
    return { agreementDb: opened.agreementDb };
  },

  /** @param {{ file: Blob }} given */
  async restore({ file }, report) {
    const { litert, network } = use();
    const photo = await decode(file);
    const started = performance.now();
    const denoised = await network.denoise(photo, report);
    return {
      size: photo.size,
      denoised: new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (denoised)]),
      noise: removedNoise(photo.pixels, denoised),
      notes: photo.metadata.notes,
      inferenceMs: performance.now() - started,
      heapBytes: litert.heapBytes,
    };
  },

  /** @param {{ file: Blob, denoised: Blob, weights: Weights }} given */
  async write({ file, denoised, weights }) {
    const photo = await decode(file);
    const full = new Uint8Array(await denoised.arrayBuffer());
    return encode({ ...photo, pixels: blend(photo.pixels, full, weights) });
  },

  async latency(options, report) {
    const { network, blocks } = use();
    if (network !== blocks) network.close();
    return timeBlocks(blocks, options, report);
  },

  /** @param {{ task: number }} given */
  async cancel({ task }) {
    cancelled.add(task);
  },
};

/** @param {{ id: number, kind: keyof typeof TASKS } & Record<string, unknown>} message */
export async function receive({ id, kind, ...given }) {
  /** @type {Report} */
  const report = async (progress) => {
    self.postMessage({ id, progress });
    await otherMessages();
    if (cancelled.delete(id)) throw new DOMException("The photo was cancelled.", "AbortError");
  };
  try {
    self.postMessage({ id, result: await TASKS[kind](given, report) });
  } catch (error) {
    self.postMessage({ id, error: packError(error) });
  }
}

/** @param {Place} place @returns {Promise<Opened>} */
async function openAt(place) {
  const device = place.processor === "webgpu" ? await gpuDevice(place.precision) : undefined;
  const litert = await loadLiteRt(place, device);
  const model = await loadModel(place.precision);
  const blocks = new BlockNetwork(litert, model, place);
  const network = device ? blocks : new RowsNetwork(litert, model, place);
  const agreementDb = device ? await agreementOf(blocks) : null;
  return { litert, network, blocks, agreementDb };
}

/**
 * @param {Place} place
 * @param {GPUDevice | undefined} device
 */
async function loadLiteRt({ build, maxHeapBytes }, device) {
  const folder = new URL("vendor/litert/", self.location.href);
  const script = new URL(`${BUILDS[build]}.js`, folder).href;
  self.importScripts(script);
  const factory = self.ModuleFactory;
  return LiteRt.load(factory, {
    locateFile: (name) => new URL(name, folder).href,
    mainScriptUrlOrBlob: script,
    isThreaded: build === "threaded",
    maxHeapBytes,
    gpuDevice: device,
  });
}

/** @param {string} precision @returns {Promise<Model>} */
async function loadModel(precision) {
  const base = new URL(`models/litedenoisenet-${precision}`, self.location.href).href;
  const [content, sidecar] = await Promise.all([
    fetched(`${base}.tflite`),
    fetched(`${base}.json`),
  ]);
  const { input_dtype: dtype, halo_px: haloPx } = await sidecar.json();
  return { content: new Uint8Array(await content.arrayBuffer()), precision, dtype, haloPx };
}

/** @param {string} url */
async function fetched(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new RuntimeFailure(`${url} cannot be fetched: ${answer.status}`);
  return answer;
}

function use() {
  if (!opened) throw new OptionsError("open a network first");
  return opened;
}

const { port1, port2 } = new MessageChannel();

/** Lets the worker hear of cancellations; unlike timers, never slowed down in hidden tabs. */
function otherMessages() {
  return new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
}
