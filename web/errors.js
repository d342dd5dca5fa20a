// Everything that can go wrong with a photo or its network. A message says what was expected, what
// came and what to do.

/** The common kind of all errors of this package. */
export class LiteDenoiseError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = new.target.name;
  }
}

/** An option outside its range. */
export class OptionsError extends LiteDenoiseError {}

/** A model file that is damaged, or none of this network. */
export class CorruptModel extends LiteDenoiseError {}

/** A file that is damaged, or no picture. */
export class UnreadableImage extends LiteDenoiseError {}

/** A picture of a kind that a browser cannot denoise without loss: 16 bits, TIFF, raw. */
export class UnsupportedImage extends LiteDenoiseError {}

/** More pixels than are taken on. */
export class ImageTooLarge extends LiteDenoiseError {}

/** LiteRT failed, ran out of memory or gave a result that cannot be right. */
export class RuntimeFailure extends LiteDenoiseError {}

const KINDS = {
  OptionsError,
  CorruptModel,
  UnreadableImage,
  UnsupportedImage,
  ImageTooLarge,
  RuntimeFailure,
};

/**
 * An error as a plain value, to be sent from the worker to the page.
 *
 * @param {unknown} error
 */
export function packError(error) {
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: "RuntimeFailure", message: String(error) };
}

/**
 * The error that `packError` packed; what is not of this package is a failure of the runtime.
 *
 * @param {{ name: string, message: string }} packed
 * @returns {LiteDenoiseError}
 */
export function unpackError({ name, message }) {
  const Kind = KINDS[/** @type {keyof typeof KINDS} */ (name)] ?? RuntimeFailure;
  return new Kind(message);
}
