// The photo and its denoised version as two textures.

/** Pixels that are given to the graphics processor at a time; the page answers in between. */
const BAND_PX = 1 << 19;
const POLL_MS = 10;

export class Textures {
  /** What is on its way to each texture. @type {(ImageBitmap | null)[]} */
  #coming = [null, null];

  /** @param {WebGL2RenderingContext} gl */
  constructor(gl) {
    this.gl = gl;
  }

  /** Makes both, without pixels. */
  make() {
    const { gl } = this;
    for (const unit of [0, 1]) {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    }
  }

  /**
   * @param {number} unit 0 or 1
   * @param {ImageBitmap} bitmap closed if it is not used
   * @returns {Promise<boolean>} false where another one came first, or it was stopped
   */
  async upload(unit, bitmap) {
    const { gl } = this;
    const { TEXTURE_2D, RGBA, UNSIGNED_BYTE } = gl;
    const { width, height } = bitmap;
    const rows = Math.ceil(BAND_PX / width);
    this.#coming[unit] = bitmap;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.texImage2D(TEXTURE_2D, 0, RGBA, width, height, 0, RGBA, UNSIGNED_BYTE, null);
    for (let top = 0; top < height; top += rows) {
      await others();
      if (this.#coming[unit] !== bitmap) {
        bitmap.close();
        return false;
      }
      this.#give(unit, bitmap, top, Math.min(rows, height - top));
    }
    gl.generateMipmap(gl.TEXTURE_2D);
    await this.#isThere();
    return this.#coming[unit] === bitmap;
  }

  /** Waits until the graphics processor is done; drawn before that, the page would wait for it. */
  async #isThere() {
    const { gl } = this;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    while (fence && gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.UNSIGNALED) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    gl.deleteSync(fence);
  }

  /**
   * Stops what is on its way.
   *
   * @param {number} unit
   */
  stop(unit) {
    this.#coming[unit] = null;
  }

  /**
   * @param {number} unit
   * @param {ImageBitmap} bitmap
   * @param {number} top
   * @param {number} rows
   */
  #give(unit, bitmap, top, rows) {
    const { gl } = this;
    const { TEXTURE_2D, RGBA, UNSIGNED_BYTE } = gl;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.pixelStorei(gl.UNPACK_SKIP_ROWS, top);
    gl.texSubImage2D(TEXTURE_2D, 0, 0, top, bitmap.width, rows, RGBA, UNSIGNED_BYTE, bitmap);
    gl.pixelStorei(gl.UNPACK_SKIP_ROWS, 0);
  }
}

/** Lets the page answer; unlike timers and frames, never held back in hidden tabs. */
function others() {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
}
