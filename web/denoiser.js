// Removes noise from photos in the browser: nothing is installed, and no photo leaves the page.

import { OptionsError, RuntimeFailure, unpackError } from "./errors.js";
import { placesFor } from "./places.js";

export * from "./errors.js";

/** @import { Progress } from "./network.js" */
/** @import { Noise } from "./noise.js" */
/** @import { Place, Precision } from "./places.js" */
/** @import { Size } from "./plan.js" */

/**
 * @typedef {object} Options
 * @property {Precision} [precision] "int8" by default
 * @property {boolean} [gpu] try WebGPU first, in fp16; false by default
 * @property {number} [threads] at most; all that the machine has by default
 * @property {boolean} [isPhone] keep to the memory of a phone; found out by default
 *
 * @typedef {object} RunReport
 * @property {"wasm" | "webgpu"} processor
 * @property {Precision} precision
 * @property {number} threads
 * @property {number | null} agreementDb how well WebGPU agreed with wasm, in dB of PSNR
 * @property {string} reason why no faster place was taken; "" if none is faster
 * @property {number} heapBytes wasm memory that was taken
 *
 * @typedef {object} Strength Each from 0, the photo as it was, to 1.
 * @property {number} [strength] 1 by default
 * @property {number} [luma] of brightness noise alone; `strength` by default
 * @property {number} [chroma] of colour noise alone; `strength` by default
 *
 * @typedef {object} Running
 * @property {AbortSignal} [signal] cancels the photo
 * @property {(progress: Progress) => void} [onProgress]
 */

/** Keeps a network open in a worker. Photos given at once are taken one after the other. */
export class Denoiser {
  /** @type {Place[]} */
  #places;
  /** @type {Promise<Session> | null} */
  #session = null;
  /** @type {Promise<unknown>} */
  #queue = Promise.resolve();
  #failures = "";

  /** @param {Place[]} places best first */
  constructor(places) {
    this.#places = places;
  }

  /**
   * Loads the network; takes the next place where one fails.
   *
   * @param {Options} [options]
   * @returns {Promise<Denoiser>}
   * @throws {RuntimeFailure} it runs nowhere in this browser
   */
  static async open({ precision = "int8", gpu = false, threads, isPhone } = {}) {
    const denoiser = new Denoiser(placesFor({ precision, gpu, threads, isPhone }));
    await denoiser.#withSession(async () => {});
    return denoiser;
  }

  /**
   * Denoises a photo; mix and save it with what comes back.
   *
   * @param {Blob} file JPEG, PNG, WebP, or what else the browser decodes, in 8 bits
   * @param {Running} [running]
   * @returns {Promise<Restoration>}
   * @throws {LiteDenoiseError} the file cannot be read, or the network runs nowhere
   * @throws {DOMException} AbortError, cancelled
   */
  async restore(file, running = {}) {
    return this.#inTurn(running.signal, () =>
      this.#withSession(async (session) => {
        const found = await session.call("restore", { file }, running);
        const report = { ...session.report(this.#failures), heapBytes: found.heapBytes };
        return new Restoration(file, found, report);
      }),
    );
  }

  /**
   * Denoises a photo into a file of its kind, with its metadata.
   *
   * @param {Blob} file
   * @param {Strength & Running} [options]
   * @returns {Promise<Blob>}
   */
  async denoise(file, options = {}) {
    return (await this.restore(file, options)).file(options);
  }

  /**
   * Times one block.
   *
   * @param {{ block: Size, warmUp: number, runs: number, seconds: number }} options
   * @param {Running} [running]
   */
  async latency(options, running = {}) {
    return this.#inTurn(running.signal, () =>
      this.#withSession(async (session) => {
        const found = await session.call("latency", options, running);
        const report = { ...session.report(this.#failures), heapBytes: found.heapBytes };
        return { latenciesMs: /** @type {number[]} */ (found.latenciesMs), report };
      }),
    );
  }

  /** Ends the worker, once all photos that were given are done, and gives its memory back. */
  async close() {
    await this.#queue;
    this.#places = [];
    this.#endSession();
  }

  /**
   * @template T
   * @param {AbortSignal | undefined} signal
   * @param {() => Promise<T>} run
   * @returns {Promise<T>}
   */
  #inTurn(signal, run) {
    const turn = this.#queue.then(() => {
      signal?.throwIfAborted();
      return run();
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }

  #endSession() {
    const ended = this.#session;
    this.#session = null;
    ended?.then(
      (session) => session.end(),
      () => {},
    );
  }

  /**
   * Runs with a session; where the runtime fails, again with one at the next place.
   *
   * @template T
   * @param {(session: Session) => Promise<T>} run
   * @returns {Promise<T>}
   */
  async #withSession(run) {
    for (;;) {
      const [place] = this.#places;
      if (!place) throw new RuntimeFailure(`the network runs nowhere here: ${this.#failures}`);
      this.#session ??= Session.open(place);
      const session = this.#session;
      try {
        return await run(await session);
      } catch (error) {
        if (!(error instanceof RuntimeFailure)) throw error;
        if (session !== this.#session) continue; // another task has moved on already
        this.#endSession();
        this.#places = this.#places.slice(1);
        this.#failures = [this.#failures, error.message].filter(Boolean).join("; ");
      }
    }
  }
}

/** A photo and its full-strength result, to be mixed as often as one likes; outlives the network. */
export class Restoration {
  #file;
  #denoised;

  /**
   * @param {Blob} file
   * @param {{ size: Size, denoised: Blob, noise: Noise, notes: string[], inferenceMs: number }} found
   * @param {RunReport} report
   */
  constructor(file, found, report) {
    this.#file = file;
    this.#denoised = found.denoised;
    this.size = found.size;
    this.noise = found.noise;
    this.notes = found.notes;
    this.inferenceMs = found.inferenceMs;
    this.report = report;
  }

  /**
   * The photo as a file of its kind, with its metadata; the network does not run again.
   *
   * @param {Strength} [wanted]
   * @returns {Promise<Blob>} JPEG for JPEG, PNG for all else
   */
  async file({ strength = 1, luma = strength, chroma = strength } = {}) {
    for (const weight of [luma, chroma]) {
      if (!(weight >= 0 && weight <= 1)) {
        throw new OptionsError(`a strength must be from 0 to 1; got ${weight}`);
      }
    }
    // In a worker of its own: the encoder's memory, which grows with the photo, goes with it.
    const session = new Session();
    try {
      const given = { file: this.#file, denoised: this.#denoised, weights: { luma, chroma } };
      return await session.call("write", given);
    } finally {
      session.end();
    }
  }
}

/** One worker, with an open network where it has a place. */
class Session {
  #worker = new Worker(new URL("./worker.js", import.meta.url));
  /** @type {Map<number, { resolve: Function, reject: Function, onProgress?: Function }>} */
  #waiting = new Map();
  #last = 0;
  /** @type {number | null} */
  #agreementDb = null;
  /** Why it answers no more; "" while it does. */
  #end = "";

  /** @type {Place | null} */
  #place = null;

  constructor() {
    this.#worker.addEventListener("message", ({ data }) => this.#hear(data));
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault(); // it is told to whoever waits
      this.#crash(event.message);
    });
  }

  /** @param {Place} place */
  static async open(place) {
    const session = new Session();
    session.#place = place;
    try {
      ({ agreementDb: session.#agreementDb } = await session.call("open", { place }));
      return session;
    } catch (error) {
      session.end();
      throw error;
    }
  }

  /** @param {string} failures of places before this one */
  report(failures) {
    const { processor, precision, threads, reason } = /** @type {Place} */ (this.#place);
    const reasons = [reason, failures].filter(Boolean).join("; ");
    return { processor, precision, threads, agreementDb: this.#agreementDb, reason: reasons };
  }

  /**
   * @param {string} kind
   * @param {object} given
   * @param {Running} [running]
   * @returns {Promise<any>}
   */
  async call(kind, given, { signal, onProgress } = {}) {
    if (this.#end) throw stopped(this.#end);
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onProgress });
      this.#worker.postMessage({ id, kind, ...given });
      signal?.addEventListener("abort", () => {
        this.#worker.postMessage({ id: 0, kind: "cancel", task: id });
        this.#waiting.delete(id);
        reject(signal.reason);
      });
    });
  }

  end() {
    this.#worker.terminate();
    this.#crash("it was ended");
  }

  /** @param {{ id: number, progress?: Progress, result?: unknown, error?: any, fatal?: string }} data */
  #hear({ id, progress, result, error, fatal }) {
    if (fatal) return this.#crash(fatal);
    const task = this.#waiting.get(id);
    if (!task) return;
    if (progress) return task.onProgress?.(progress);
    this.#waiting.delete(id);
    if (error) task.reject(unpackError(error));
    else task.resolve(result);
  }

  /** @param {string} reason */
  #crash(reason) {
    this.#end ||= reason;
    for (const { reject } of this.#waiting.values()) reject(stopped(reason));
    this.#waiting.clear();
  }
}

/** @param {string} reason */
const stopped = (reason) => new RuntimeFailure(`the worker stopped: ${reason}`);
