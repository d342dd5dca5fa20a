// This device as a place to denoise on: the same calls as the service's, without any request.

import { messageOf } from "./elements.js";

/** @import { Job, Parameters, Place, Wanted } from "./place.js" */
/** @import { Denoiser, Options, Restoration } from "../device/denoiser.js" */

/**
 * @typedef {typeof import("../device/denoiser.js")} Module
 *
 * @typedef {object} Entry
 * @property {Job} status
 * @property {AbortController} stopping
 * @property {Restoration | null} restoration
 * @property {() => void} wake
 */

const PRECISIONS = [
  { precision: "int8", label: "int8" },
  { precision: "fp16", label: "fp16" },
];
const ON_GPU = { precision: "fp16-webgpu", label: "fp16 on the graphics processor" };

/** @implements {Place} */
export class Device {
  /** @type {Promise<Module> | null} */
  #module = null;
  #opened = { precision: "", denoiser: /** @type {Promise<Denoiser> | null} */ (null) };
  /** @type {Map<string, Entry>} */
  #jobs = new Map();

  /** @param {URL} folder of the modules that `make web` lays out */
  constructor(folder) {
    this.folder = folder;
  }

  async models() {
    await this.#loaded();
    return "gpu" in navigator ? [...PRECISIONS, ON_GPU] : PRECISIONS;
  }

  /**
   * Starts a job, which waits for those before it.
   *
   * @param {Blob} file
   * @param {Parameters} parameters
   * @param {AbortSignal} signal
   */
  async start(file, { precision }, signal) {
    const id = crypto.getRandomValues(new Uint32Array(2)).join("-");
    /** @type {Entry} */
    const entry = {
      status: { id, state: "queued", done_blocks: 0, total_blocks: 0, format: null },
      stopping: new AbortController(),
      restoration: null,
      wake: () => {},
    };
    signal.addEventListener("abort", () => entry.stopping.abort());
    this.#jobs.set(id, entry);
    this.#run(entry, file, precision);
    return entry.status;
  }

  /**
   * Yields the job's status after every change, the last when it is over.
   *
   * @param {string} id
   * @param {AbortSignal} signal
   */
  async *follow(id, signal) {
    const entry = this.#entry(id);
    /** @type {Job | null} */
    let told = null;
    while (!told || ["queued", "running"].includes(told.state)) {
      if (entry.status !== told) yield (told = entry.status);
      else await /** @type {Promise<void>} */ (new Promise((wake) => (entry.wake = wake)));
      signal.throwIfAborted();
    }
  }

  /**
   * @param {string} id
   * @param {Wanted} [wanted]
   */
  async result(id, { strength, luma = strength, chroma = strength } = {}) {
    const { restoration } = this.#entry(id);
    if (!restoration) throw new Error("the photo is not done");
    return restoration.file({ strength, luma, chroma });
  }

  /** @param {string} id */
  async forget(id) {
    this.#jobs.get(id)?.stopping.abort();
    this.#jobs.delete(id);
  }

  /** @param {string} id */
  #entry(id) {
    const found = this.#jobs.get(id);
    if (!found) throw new Error("the photo was removed");
    return found;
  }

  /**
   * @param {Entry} entry
   * @param {Blob} file
   * @param {string} precision
   */
  async #run(entry, file, precision) {
    try {
      const denoiser = await this.#denoiser(precision);
      const restoration = await denoiser.restore(file, {
        signal: entry.stopping.signal,
        onProgress: ({ done, total, rows, columns }) =>
          change(entry, { state: "running", done_blocks: done, total_blocks: total, rows, columns }),
      });
      entry.restoration = restoration;
      change(entry, { state: "done", ...describe(restoration) });
    } catch (error) {
      change(entry, { state: "failed", problem: { detail: messageOf(error) } });
    }
  }

  /**
   * One network is open at a time: each takes a few hundred megabytes.
   *
   * @param {string} precision
   */
  async #denoiser(precision) {
    const { precision: opened, denoiser: before } = this.#opened;
    if (before && opened === precision) return before;
    const denoiser = this.#open(precision, before);
    this.#opened = { precision, denoiser };
    denoiser.catch(() => {
      if (this.#opened.denoiser === denoiser) this.#opened = { precision: "", denoiser: null };
    });
    return denoiser;
  }

  /**
   * @param {string} precision
   * @param {Promise<Denoiser> | null} before
   */
  async #open(precision, before) {
    const { Denoiser } = await this.#loaded();
    if (before) await before.then((denoiser) => denoiser.close(), () => {});
    const gpu = precision === ON_GPU.precision;
    return Denoiser.open({ precision: /** @type {Options["precision"]} */ (precision.slice(0, 4)), gpu });
  }

  /** @returns {Promise<Module>} */
  #loaded() {
    return (this.#module ??= import(new URL("denoiser.js", this.folder).href));
  }
}

/**
 * @param {Entry} entry
 * @param {Partial<Job>} values
 */
function change(entry, values) {
  entry.status = { ...entry.status, ...values };
  entry.wake();
}

/**
 * The service's words for a result.
 *
 * @param {Restoration} restoration
 * @returns {Partial<Job>}
 */
function describe({ size, noise, notes, inferenceMs, report }) {
  return {
    ...size,
    inference_ms: inferenceMs,
    notes,
    noise: { luma: noise.luma, chroma: noise.chroma, is_clean: noise.isClean },
    accelerator: {
      actual: report.processor === "webgpu" ? "the graphics processor" : "this device",
      precision: report.precision,
      threads: report.threads,
      reason: report.reason,
      agreementDb: report.agreementDb,
    },
  };
}
