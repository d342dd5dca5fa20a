// Draws a photo and its denoised version, mixed on the graphics processor: moving a slider takes
// one draw call. The mix is that of the SDK's tiling/blend.py.

import { Textures } from "./textures.js";

const VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
uniform sampler2D noisy, denoised;
uniform vec2 view, origin, size;
uniform float scale, split, luma, chroma;
out vec4 colour;
const vec3 BT601 = vec3(0.299, 0.587, 0.114);
void main() {
  vec2 at = vec2(gl_FragCoord.x, view.y - gl_FragCoord.y);
  vec2 uv = (at - origin) / scale / size;
  vec4 before = texture(noisy, uv);
  vec3 difference = texture(denoised, uv).rgb - before.rgb;
  vec3 after = before.rgb + chroma * difference + (luma - chroma) * dot(difference, BT601);
  vec3 shown = at.x < split ? before.rgb : clamp(after, 0.0, 1.0);
  bool inside = all(greaterThanEqual(uv, vec2(0.0))) && all(lessThan(uv, vec2(1.0)));
  float alpha = inside ? before.a : 0.0;
  colour = vec4(shown * alpha, alpha);
}`;

const MAX_SCALE = 4;
const UNIFORMS = ["noisy", "denoised", "view", "origin", "size", "scale", "split", "luma", "chroma"];

/** @import { Picture, Size } from "./pictures.js" */
/** @typedef {{ x: number, y: number }} Point */

export class Viewer {
  /** The photo and its result, once they are drawn. @type {(ImageBitmap | null)[]} */
  bitmaps = [null, null];
  /** @type {Size} */
  #size = { width: 0, height: 0 };
  #centre = { x: 0, y: 0 };
  #freeScale = 1;
  fitted = true;
  /** Share of the frame's width that shows the photo as it was. */
  split = 0.5;
  #luma = 1;
  #chroma = 1;
  /** @type {Record<string, WebGLUniformLocation | null>} */
  #at = {};

  /**
   * @param {HTMLCanvasElement} canvas fills the frame
   * @param {() => void} onMove called after every drawing
   */
  constructor(canvas, onMove) {
    this.canvas = canvas;
    this.onMove = onMove;
    const gl = canvas.getContext("webgl2", { preserveDrawingBuffer: true });
    if (!gl) throw new Error("this browser has no WebGL 2, which the photo is drawn with");
    this.gl = gl;
    this.maxSide = gl.getParameter(gl.MAX_TEXTURE_SIZE);
    this.textures = new Textures(gl);
    this.#build();
    new ResizeObserver(() => this.#resize()).observe(canvas);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", async () => {
      this.#build();
      await Promise.all(this.bitmaps.map((bitmap, unit) => bitmap && this.textures.upload(unit, bitmap)));
      this.draw();
    });
  }

  /** The photo's, which a larger photo's bitmap need not have; null without a photo. */
  get size() {
    return this.bitmaps[0] && this.#size;
  }

  /** Shows nothing. */
  clear() {
    this.textures.stop(0);
    this.setAfterNone();
    this.bitmaps[0]?.close();
    this.bitmaps[0] = null;
    this.fitted = true;
    this.split = 0.5;
    this.setStrengths(1, 1);
  }

  /**
   * Shows a photo, alone at first.
   *
   * @param {Picture} photo
   * @returns {Promise<boolean>} false where another one came first
   */
  async setBefore({ bitmap, size }) {
    if (!(await this.textures.upload(0, bitmap))) return false;
    this.bitmaps = [bitmap, null];
    this.#size = size;
    this.fit();
    return true;
  }

  /**
   * Puts the denoised photo beside it.
   *
   * @param {Picture} result
   */
  async setAfter({ bitmap }) {
    if (!(await this.textures.upload(1, bitmap))) return;
    this.bitmaps[1] = bitmap;
    this.draw();
  }

  /** Takes the denoised photo away again. */
  setAfterNone() {
    this.textures.stop(1);
    this.bitmaps[1]?.close();
    this.bitmaps[1] = null;
    this.draw();
  }

  /**
   * @param {number} luma from 0 to 1
   * @param {number} chroma
   */
  setStrengths(luma, chroma) {
    this.#luma = luma;
    this.#chroma = chroma;
    this.draw();
  }

  /** @param {number} share of the frame's width that shows the photo as it was */
  setSplit(share) {
    this.split = Math.min(1, Math.max(0, share));
    this.draw();
  }

  fit() {
    this.fitted = true;
    this.#centre = { x: this.#size.width / 2, y: this.#size.height / 2 };
    this.draw();
  }

  /**
   * @param {number} scale device pixels for each pixel of the photo
   * @param {Point | null} [at] CSS point that stays where it is
   */
  zoomTo(scale, at = null) {
    if (!this.size) return;
    const ratio = window.devicePixelRatio;
    const old = this.scale;
    const next = Math.min(MAX_SCALE, Math.max(this.#fitScale(), scale));
    if (at) {
      const dx = at.x * ratio - this.canvas.width / 2;
      const dy = at.y * ratio - this.canvas.height / 2;
      this.#centre.x += dx / old - dx / next;
      this.#centre.y += dy / old - dy / next;
    }
    this.fitted = false;
    this.#freeScale = next;
    this.draw();
  }

  /**
   * Moves the photo.
   *
   * @param {number} dx CSS pixels
   * @param {number} dy
   */
  pan(dx, dy) {
    if (!this.size) return;
    const ratio = window.devicePixelRatio;
    this.#centre.x -= (dx * ratio) / this.scale;
    this.#centre.y -= (dy * ratio) / this.scale;
    this.draw();
  }

  /** Device pixels for each pixel of the photo. */
  get scale() {
    return this.fitted ? this.#fitScale() : this.#freeScale;
  }

  /** Where the photo lies in the frame, in CSS pixels. */
  get box() {
    const ratio = window.devicePixelRatio;
    const { x, y } = this.#origin();
    return {
      left: x / ratio,
      top: y / ratio,
      width: (this.#size.width * this.scale) / ratio,
      height: (this.#size.height * this.scale) / ratio,
    };
  }

  draw() {
    const { gl, canvas } = this;
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (this.size) {
      this.#keepInView();
      const origin = this.#origin();
      const sharp = this.scale >= 1.5;
      for (const unit of [0, 1]) {
        gl.activeTexture(gl.TEXTURE0 + unit);
        gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, sharp ? gl.NEAREST : gl.LINEAR);
      }
      const both = this.bitmaps[1] !== null;
      gl.uniform1i(this.#at.noisy, 0);
      gl.uniform1i(this.#at.denoised, both ? 1 : 0);
      gl.uniform2f(this.#at.view, canvas.width, canvas.height);
      gl.uniform2f(this.#at.origin, origin.x, origin.y);
      gl.uniform2f(this.#at.size, this.#size.width, this.#size.height);
      gl.uniform1f(this.#at.scale, this.scale);
      gl.uniform1f(this.#at.split, both ? this.split * canvas.width : 0);
      gl.uniform1f(this.#at.luma, this.#luma);
      gl.uniform1f(this.#at.chroma, this.#chroma);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    this.onMove();
  }

  #fitScale() {
    const { width, height } = this.#size;
    return Math.min(this.canvas.width / width, this.canvas.height / height, 1);
  }

  // Whole device pixels, so that 100 % shows the photo's pixels and no mixture of them.
  #origin() {
    return {
      x: Math.round(this.canvas.width / 2 - this.#centre.x * this.scale),
      y: Math.round(this.canvas.height / 2 - this.#centre.y * this.scale),
    };
  }

  #keepInView() {
    const { canvas, scale } = this;
    const { width, height } = this.#size;
    const { x, y } = this.#centre;
    this.#centre = { x: kept(x, canvas.width / scale, width), y: kept(y, canvas.height / scale, height) };
  }

  #resize() {
    const ratio = window.devicePixelRatio;
    this.canvas.width = Math.max(1, Math.round(this.canvas.clientWidth * ratio));
    this.canvas.height = Math.max(1, Math.round(this.canvas.clientHeight * ratio));
    this.draw();
  }

  #build() {
    const { gl } = this;
    const program = gl.createProgram();
    this.#attach(program, gl.VERTEX_SHADER, VERTEX);
    this.#attach(program, gl.FRAGMENT_SHADER, FRAGMENT);
    gl.linkProgram(program);
    gl.useProgram(program);
    this.#at = Object.fromEntries(UNIFORMS.map((n) => [n, gl.getUniformLocation(program, n)]));
    this.textures.make();
  }

  /**
   * @param {WebGLProgram} program
   * @param {number} kind
   * @param {string} source
   */
  #attach(program, kind, source) {
    const { gl } = this;
    const shader = gl.createShader(kind);
    if (!shader) return; // the context is lost; it is built again
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
}

/**
 * The middle of what is shown of a side, without anything beyond its ends.
 *
 * @param {number} middle
 * @param {number} shown
 * @param {number} side
 */
function kept(middle, shown, side) {
  const half = Math.min(shown, side) / 2;
  return Math.min(side - half, Math.max(half, middle));
}
