// LiteRT's wasm build, driven by its raw bindings: the JavaScript wrapper that comes with it
// refuses int8. Whatever it reports beside known remarks counts as a failure, as it gives
// uninitialised memory for a result, without an exception, when its heap is full.

import { RuntimeFailure } from "./errors.js";

/**
 * @typedef {"wasm" | "webgpu"} Processor
 * @typedef {{
 *   locateFile: (name: string) => string,
 *   mainScriptUrlOrBlob?: string,
 *   gpuDevice?: GPUDevice,
 *   maxHeapBytes?: number,
 *   isThreaded?: boolean,
 * }} Options `maxHeapBytes` is enforced where there are threads: memory is made up front there.
 * @typedef {any} Bindings What embind makes of LiteRT's C++ classes.
 * @typedef {{ at: number, length: number, free: () => void }} Stored
 * @typedef {(options: object) => Promise<Bindings>} Factory `ModuleFactory` of a LiteRT build.
 */

const PAGE_BYTES = 65_536;
const INITIAL_PAGES = 512;

/** What LiteRT says when all is well. */
const REMARKS = [
  /^INFO: /,
  /^I\d{4} /,
  /^WARNING: \[npu_registry\.cc:\d+\] NPU accelerator could not be loaded/,
];

/** LiteRT, loaded once. */
export class LiteRt {
  /** Lines that LiteRT wrote and that are no known remarks. @type {string[]} */
  #complaints = [];

  /**
   * @param {Bindings} bindings
   * @param {GPUDevice | null} gpuDevice
   */
  constructor(bindings, gpuDevice) {
    this.bindings = bindings;
    this.gpuDevice = gpuDevice;
    this.environment = bindings.LiteRtEnvironment.create(gpuDevice);
    gpuDevice?.addEventListener("uncapturederror", ({ error }) => {
      this.#complaints.push(`WebGPU: ${error.message}`);
    });
  }

  /**
   * @param {Factory} factory
   * @param {Options} options
   * @returns {Promise<LiteRt>}
   * @throws {RuntimeFailure} no WebAssembly, or no memory for it
   */
  static async load(factory, { gpuDevice, maxHeapBytes, isThreaded, ...module }) {
    /** @type {string[]} */
    const early = [];
    /** @type {(line: string) => void} */
    let hear = (line) => early.push(line);
    const print = (/** @type {string} */ line) => hear(line);
    try {
      const memory = isThreaded && maxHeapBytes ? { wasmMemory: sharedMemory(maxHeapBytes) } : {};
      const gpu = gpuDevice ? { preinitializedWebGPUDevice: gpuDevice } : {};
      const bindings = await factory({ ...module, ...memory, ...gpu, print, printErr: print });
      bindings.setupLogging();
      const litert = new LiteRt(bindings, gpuDevice ?? null);
      hear = (line) => litert.#hear(line);
      early.forEach(hear);
      litert.#check("start");
      return litert;
    } catch (error) {
      throw asFailure(error, "start", early);
    }
  }

  /** Bytes of wasm memory that are taken; it never shrinks. */
  get heapBytes() {
    return this.bindings.HEAPU8.length;
  }

  /**
   * Puts model files into wasm memory, where they have to stay while they are used.
   *
   * @param {Uint8Array} content
   * @returns {Stored}
   * @throws {RuntimeFailure} no memory for it
   */
  store(content) {
    const at = this.bindings._malloc(content.length);
    if (!at) throw new RuntimeFailure("no memory for the model");
    this.bindings.HEAPU8.set(content, at);
    return { at, length: content.length, free: () => this.bindings._free(at) };
  }

  /**
   * Opens a model for blocks, or tiles, of the size that its file says.
   *
   * @param {Stored} stored
   * @param {{ processor: Processor, threads: number }} wanted
   * @returns {Promise<{ model: Bindings, compiled: Bindings }>}
   * @throws {RuntimeFailure}
   */
  async compile({ at, length }, { processor, threads }) {
    return this.guarded("open the model", async () => {
      const { bindings, environment } = this;
      const model = bindings.loadModel(environment, at, length);
      const compiled = await bindings.compileModel(environment, model, {
        accelerator: processor,
        environment,
        cpuOptions: { numThreads: threads },
        gpuOptions: {},
        webNNOptions: {},
      });
      if (processor === "webgpu" && !compiled.isFullyAccelerated()) {
        throw new RuntimeFailure("the graphics processor does not take the whole network");
      }
      return { model, compiled };
    });
  }

  /**
   * Room in wasm memory for a tensor.
   *
   * @param {Bindings} type
   * @returns {Bindings}
   */
  tensor(type) {
    const { LiteRtTensorBuffer, LiteRtTensorBufferType } = this.bindings;
    const kind = LiteRtTensorBufferType.HOST_MEMORY;
    return LiteRtTensorBuffer.createManaged(this.environment, kind, type, type.bytes());
  }

  /**
   * Reads or writes a tensor's bytes in wasm memory.
   *
   * @template T
   * @param {Bindings} tensor
   * @param {"READ" | "WRITE"} mode
   * @param {(bytes: Uint8Array) => T} use must not keep them
   * @returns {T}
   */
  locked(tensor, mode, use) {
    const { bindings } = this;
    const at = tensor.lock(bindings.LiteRtTensorBufferLockMode[mode]);
    if (!at) throw new RuntimeFailure("no memory for a tensor");
    try {
      return use(new Uint8Array(bindings.HEAPU8.buffer, at, tensor.packedSize()));
    } finally {
      tensor.unlock();
    }
  }

  /**
   * Runs one step of LiteRT; every failure of it becomes a RuntimeFailure.
   *
   * @template T
   * @param {string} step
   * @param {() => Promise<T>} run
   * @returns {Promise<T>}
   */
  async guarded(step, run) {
    let result;
    try {
      result = await run();
    } catch (error) {
      throw asFailure(error, step, this.#complaints);
    }
    this.#check(step);
    return result;
  }

  /** @param {string} line */
  #hear(line) {
    if (!REMARKS.some((remark) => remark.test(line))) this.#complaints.push(line);
  }

  /** @param {string} step */
  #check(step) {
    if (this.#complaints.length) throw asFailure(null, step, this.#complaints);
  }
}

/** @param {number} maxBytes */
function sharedMemory(maxBytes) {
  const maximum = Math.floor(maxBytes / PAGE_BYTES);
  const initial = Math.min(INITIAL_PAGES, maximum);
  return new WebAssembly.Memory({ initial, maximum, shared: true });
}

/**
 * @param {unknown} error
 * @param {string} step
 * @param {string[]} lines what LiteRT wrote
 */
function asFailure(error, step, lines) {
  const reasons = [error instanceof Error ? error.message : (error ?? ""), ...lines];
  const reason = reasons.filter(Boolean).join("; ");
  return new RuntimeFailure(`LiteRT could not ${step}: ${reason || "it gave no reason"}`);
}
