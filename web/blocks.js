// The whole network at once, in blocks: on graphics processors, and where one block is timed.

import { RuntimeFailure } from "./errors.js";
import { retile } from "./model/retile.js";
import { chooseBlock, planBlocks } from "./plan.js";
import { checkSanity } from "./sanity.js";
import { readBlock, writeBlock } from "./stitch.js";
import { fromTensor, toTensor } from "./tensors.js";

/** @import { Model, OnProgress } from "./network.js" */
/** @import { Size } from "./plan.js" */
/** @import { Bindings, LiteRt, Processor, Stored } from "./runtime.js" */
/** @import { Pixels } from "./stitch.js" */
/** @import { Dtype } from "./tensors.js" */

const HOST_MEMORY = 1;

/** Opens a model for blocks of whatever size a photo needs, and remembers the last. */
export class BlockNetwork {
  /** @type {BlockEngine | null} */
  #engine = null;

  /**
   * @param {LiteRt} litert
   * @param {Model} model
   * @param {{ processor: Processor, threads: number, mostPx: number }} place `mostPx`: pixels that a
   *   block may have
   */
  constructor(litert, model, place) {
    this.litert = litert;
    this.model = model;
    this.place = place;
  }

  /**
   * @param {Size} block
   * @returns {Promise<BlockEngine>}
   */
  async for(block) {
    const { height, width } = this.#engine?.block ?? {};
    if (this.#engine && height === block.height && width === block.width) return this.#engine;
    this.close();
    const stored = this.litert.store(retile(this.model.content, block));
    try {
      const opened = await this.litert.compile(stored, this.place);
      const { dtype } = this.model;
      this.#engine = new BlockEngine(this.litert, { ...opened, stored, block, dtype });
    } catch (error) {
      stored.free();
      throw error;
    }
    return this.#engine;
  }

  /**
   * @param {Pixels} photo
   * @param {OnProgress} onProgress may throw to stop
   * @returns {Promise<Uint8Array>} RGB at full strength
   * @throws {RuntimeFailure} LiteRT failed, or a block's result cannot be right
   */
  async denoise(photo, onProgress) {
    const { haloPx } = this.model;
    const plan = planBlocks(photo.size, chooseBlock(photo.size, haloPx, this.place.mostPx), haloPx);
    const { height: rows, width: columns } = plan.grid;
    const total = plan.blocks.length;
    await onProgress({ done: 0, total, rows, columns });
    const engine = await this.for(plan.block);
    const result = new Uint8Array(photo.pixels.length);
    for (const [index, block] of plan.blocks.entries()) {
      const noisy = readBlock(photo, block);
      const denoised = await engine.run(noisy);
      checkSanity(noisy, denoised, plan.block);
      writeBlock(result, plan, block, denoised);
      await onProgress({ done: index + 1, total, rows, columns });
    }
    return result;
  }

  /** Gives the memory of the last engine back. */
  close() {
    this.#engine?.close();
    this.#engine = null;
  }
}

/** One model, open for blocks of one size. */
class BlockEngine {
  /**
   * @param {LiteRt} litert
   * @param {{ stored: Stored, model: Bindings, compiled: Bindings, block: Size, dtype: Dtype }} opened
   */
  constructor(litert, { stored, model, compiled, block, dtype }) {
    this.litert = litert;
    this.block = block;
    this.dtype = dtype;
    this.stored = stored;
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
    const input = this.litert.tensor(type);
    try {
      this.litert.locked(input, "WRITE", (bytes) => toTensor(pixels, bytes, this.dtype));
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
    const bytes = this.litert.locked(input, "READ", (held) => held.slice());
    const buffer = gpuDevice.createBuffer({
      size: bytes.length,
      usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST | GPUBufferUsage.STORAGE,
    });
    gpuDevice.queue.writeBuffer(buffer, 0, bytes);
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
      return this.litert.locked(output, "READ", (bytes) => fromTensor(bytes, this.dtype));
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
    this.stored.free();
  }
}
