// The stages of a network, open for tiles of one size each.

/** @import { Bindings, LiteRt, Stored } from "../runtime.js" */

/** LiteRT's side of the stages: inputs that stay, an output for each run. */
export class Stages {
  /**
   * @param {LiteRt} litert
   * @param {{ stored: Stored, model: Bindings, compiled: Bindings }} opened a file that `cut` made
   * @param {number[]} inputs how many each stage has
   */
  constructor(litert, { stored, model, compiled }, inputs) {
    this.litert = litert;
    this.stored = stored;
    this.model = model;
    this.compiled = compiled;
    this.inputs = inputs.map((count, stage) =>
      Array.from({ length: count }, (_, number) => {
        const type = model.getInputTensorType(stage, number);
        const tensor = litert.tensor(type);
        type.delete();
        return tensor;
      }),
    );
  }

  /**
   * @param {LiteRt} litert
   * @param {Uint8Array} content
   * @param {number[]} inputs
   * @param {number} threads
   * @returns {Promise<Stages>}
   * @throws {RuntimeFailure} LiteRT cannot open them, or memory ran out
   */
  static async open(litert, content, inputs, threads) {
    const stored = litert.store(content);
    try {
      const opened = await litert.compile(stored, { processor: "wasm", threads });
      return await litert.guarded("make room for tiles", async () => {
        return new Stages(litert, { ...opened, stored }, inputs);
      });
    } catch (error) {
      stored.free();
      throw error;
    }
  }

  /**
   * @param {number} stage
   * @param {number} number
   * @param {(bytes: Uint8Array) => void} fill
   */
  input(stage, number, fill) {
    this.litert.locked(this.inputs[stage][number], "WRITE", fill);
  }

  /**
   * Computes a tile from its inputs.
   *
   * @param {number} stage
   * @param {(bytes: Uint8Array) => void} take
   */
  async run(stage, take) {
    const [output] = await this.compiled.run(stage, this.inputs[stage]);
    try {
      this.litert.locked(output, "READ", take);
    } finally {
      output.delete();
    }
  }

  /** Gives the memory back to LiteRT's heap. */
  close() {
    for (const tensor of this.inputs.flat()) tensor.delete();
    this.compiled.delete();
    this.model.delete();
    this.stored.free();
  }
}
