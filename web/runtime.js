// LiteRT's wasm build, driven by its raw bindings: the JavaScript wrapper that comes with it
// refuses int8. Whatever it reports beside known remarks counts as a failure, as it gives
// uninitialised memory for a result, without an exception, when its heap is full.

import { RuntimeFailure } from "./errors.js";
import { fromTensor, toTensor } from "./tensors.js";

/** @import { Size } from "./plan.js" */
/** @import { Dtype } from "./tensors.js" */

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
 * @typedef {(options: object) => Promise<Bindings>} Factory `ModuleFactory` of a LiteRT build.
 */

const PAGE_BYTES = 65_536;
const INITIAL_PAGES = 512;
const HOST_MEMORY = 1;

/** What LiteRT says when all is well. */
const REMARKS = [
  /^INFO: /,
  /^I\d{4} /,
  /^WARNING: \[npu_registry\.cc:\d+\] NPU accelerator could not be loaded/,
];

/** LiteRT, loaded once; makes engines. */
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
   * Opens a model whose block size is already the wanted one.
   *
   * @param {Uint8Array} content bytes of a .tflite file
   * @param {{ block: Size, dtype: Dtype, processor: Processor, threads: number }} wanted
   * @returns {Promise<Engine>}
   * @throws {RuntimeFailure}
   */
  async open(content, { block, dtype, processor, threads }) {
    return this.guarded(`open blocks of ${block.width}x${block.height}`, async () => {
      const at = this.bindings._malloc(content.length);
      if (!at) throw new RuntimeFailure("no memory for the model");
      this.bindings.HEAPU8.set(content, at);
      const model = this.bindings.loadModel(this.environment, at, content.length);
      const compiled = await this.bindings.compileModel(this.environment, model, {
        accelerator: processor,
        environment: this.environment,
        cpuOptions: { numThreads: threads },
        gpuOptions: {},
        webNNOptions: {},
      });
      if (processor === "webgpu" && !compiled.isFullyAccelerated()) {
        throw new RuntimeFailure("the graphics processor does not take the whole network");
      }
      return new Engine(this, { at, model, compiled, block, dtype });
    });
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

/** One model, open for blocks of one size. */
export class Engine {
  /**
   * @param {LiteRt} litert
   * @param {{ at: number, model: Bindings, compiled: Bindings, block: Size, dtype: Dtype }} opened
   */
  constructor(litert, { at, model, compiled, block, dtype }) {
    this.litert = litert;
    this.block = block;
    this.dtype = dtype;
    this.at = at;
    this.model = model;
    this.compiled = compiled;
  }

  /**
   * Denoises one block.
   *
   * @param {Uint8Array} pixels RGB of the block
   * @returns {Promise<Uint8Array>} the same, denoised
   * @throws {RuntimeFailure} LiteRT failed, or its result cannot be right
   */
  async run(pixels) {
    const { width, height } = this.block;
    return this.litert.guarded(`compute a block of ${width}x${height}`, () => this.#run(pixels));
  }

  /** @param {Uint8Array} pixels */
  async #run(pixels) {
    const type = this.model.getInputTensorType(0, 0);
    const input = this.#tensor(type);
    try {
      toTensor(pixels, this.#locked(input, "WRITE"), this.dtype);
      input.unlock();
      const given = await this.#onProcessor(input, type);
      const [output] = await this.compiled.run(0, [given.tensor]);
      try {
        return await this.#pixelsOf(output);
      } finally {
        output.delete();
        given.release();
      }
    } finally {
      input.delete();
      type.delete();
    }
  }

  /** @param {Bindings} type */
  #tensor(type) {
    const { LiteRtTensorBuffer, LiteRtTensorBufferType } = this.litert.bindings;
    const { environment } = this.litert;
    const kind = LiteRtTensorBufferType.HOST_MEMORY;
    return LiteRtTensorBuffer.createManaged(environment, kind, type, type.bytes());
  }

  /**
   * A tensor's bytes in wasm memory; valid until `unlock`.
   *
   * @param {Bindings} tensor
   * @param {"READ" | "WRITE"} mode
   * @returns {Uint8Array}
   */
  #locked(tensor, mode) {
    const { bindings } = this.litert;
    const at = tensor.lock(bindings.LiteRtTensorBufferLockMode[mode]);
    if (!at) throw new RuntimeFailure("no memory for a tensor");
    return new Uint8Array(bindings.HEAPU8.buffer, at, tensor.packedSize());
  }

  /**
   * The input where the processor wants it.
   *
   * @param {Bindings} input
   * @param {Bindings} type
   */
  async #onProcessor(input, type) {
    const { bindings, environment, gpuDevice } = this.litert;
    const wanted = this.compiled.getInputBufferRequirements(0, 0);
    const kinds = wanted.supportedTypes();
    const kind = kinds.get(0);
    kinds.delete();
    wanted.delete();
    if (kind.value === HOST_MEMORY) return { tensor: input, release: () => {} };
    if (!gpuDevice) throw new RuntimeFailure("the model wants a graphics processor");
    const bytes = this.#locked(input, "READ");
    const buffer = gpuDevice.createBuffer({
      size: bytes.length,
      usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST | GPUBufferUsage.STORAGE,
    });
    gpuDevice.queue.writeBuffer(buffer, 0, bytes.slice());
    input.unlock();
    const handle = bindings.WebGPU.importJsBuffer(buffer);
    const tensor = bindings.LiteRtTensorBuffer.createFromWebGpuBuffer(
      environment,
      type,
      kind,
      handle,
      bytes.length,
    );
    const release = () => {
      tensor.delete();
      bindings.wgpuBufferRelease(handle);
      buffer.destroy();
    };
    return { tensor, release };
  }

  /** @param {Bindings} output */
  async #pixelsOf(output) {
    if (output.bufferType().value === HOST_MEMORY) {
      const pixels = fromTensor(this.#locked(output, "READ"), this.dtype);
      output.unlock();
      return pixels;
    }
    const { bindings, gpuDevice } = this.litert;
    if (!gpuDevice) throw new RuntimeFailure("the result lies on a graphics processor");
    const source = bindings.WebGPU.getJsObject(output.getWebGpuBuffer());
    const size = output.packedSize();
    const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
    const read = gpuDevice.createBuffer({ size, usage });
    const encoder = gpuDevice.createCommandEncoder();
    encoder.copyBufferToBuffer(source, output.offset(), read, 0, size);
    gpuDevice.queue.submit([encoder.finish()]);
    await read.mapAsync(GPUMapMode.READ);
    const pixels = fromTensor(new Uint8Array(read.getMappedRange()), this.dtype);
    read.destroy();
    return pixels;
  }

  /** Gives the memory back to LiteRT's heap. */
  close() {
    this.compiled.delete();
    this.model.delete();
    this.litert.bindings._free(this.at);
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
