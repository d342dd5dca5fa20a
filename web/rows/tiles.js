// A stage of the network, open for tiles of one size.

/** @import { Bindings, LiteRt } from "../runtime.js" */

/** LiteRT's side of a stage: inputs that stay, an output for each run. */
export class TileEngine {
  /**
   * @param {LiteRt} litert
   * @param {{ model: Bindings, compiled: Bindings }} opened
   * @param {number} inputs how many there are
   */
  constructor(litert, { model, compiled }, inputs) {
    this.litert = litert;
    this.model = model;
    this.compiled = compiled;
    this.inputs = Array.from({ length: inputs }, (_, number) => {
      const type = model.getInputTensorType(0, number);
      const tensor = litert.tensor(type);
      type.delete();
      return tensor;
    });
  }

  /**
   * @param {number} number
   * @param {(bytes: Uint8Array) => void} fill
   */
  input(number, fill) {
    this.litert.locked(this.inputs[number], "WRITE", fill);
  }

  /**
   * Computes a tile from its inputs.
   *
   * @param {(bytes: Uint8Array) => void} take
   */
  async run(take) {
    const [output] = await this.compiled.run(0, this.inputs);
    try {
      this.litert.locked(output, "READ", take);
    } finally {
      output.delete();
    }
  }

  /** Gives the memory back to LiteRT's heap. */
  close() {
    for (const tensor of this.inputs) tensor.delete();
    this.compiled.delete();
    this.model.delete();
  }
}
