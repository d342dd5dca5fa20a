// Draws a photo and its denoised version, mixed on the graphics processor: moving a slider takes
// one draw call. The mix is that of the SDK's tiling/blend.py.

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
const UNIFORMS = ["view", "origin", "size", "scale", "split", "luma", "chroma"];

export class Viewer {
  /** @param canvas fills the frame; @param onMove called after every drawing. */
  constructor(canvas, onMove) {
    this.canvas = canvas;
    this.onMove = () => {};
    this.gl = canvas.getContext("webgl2", { preserveDrawingBuffer: true });
    if (!this.gl) throw new Error("this browser has no WebGL 2, which the photo is drawn with");
    this.maxSide = this.gl.getParameter(this.gl.MAX_TEXTURE_SIZE);
    this.#build();
    this.clear();
    this.onMove = onMove;
    new ResizeObserver(() => this.#resize()).observe(canvas);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.#build();
      for (const [unit, bitmap] of this.bitmaps.entries()) if (bitmap) this.#upload(unit, bitmap);
      this.draw();
    });
  }

  /** Shows nothing. */
  clear() {
    this.bitmaps = [null, null];
    this.size = null;
    this.fitted = true;
    this.split = 0.5;
    this.luma = this.chroma = 1;
    this.draw();
  }

  /** Shows a photo, alone at first. */
  setBefore(bitmap, width, height) {
    this.size = { width, height };
    this.centre = { x: width / 2, y: height / 2 };
    this.bitmaps = [bitmap, null];
    this.#upload(0, bitmap);
    this.fit();
  }

  /** Puts the denoised photo beside it. */
  setAfter(bitmap) {
    this.bitmaps[1] = bitmap;
    this.#upload(1, bitmap);
    this.draw();
  }

  /** Takes the denoised photo away again. */
  setAfterNone() {
    this.bitmaps[1] = null;
    this.draw();
  }

  setStrengths(luma, chroma) {
    this.luma = luma;
    this.chroma = chroma;
    this.draw();
  }

  /** @param share of the frame's width that shows the photo as it was. */
  setSplit(share) {
    this.split = Math.min(1, Math.max(0, share));
    this.draw();
  }

  fit() {
    this.fitted = true;
    if (this.size) this.centre = { x: this.size.width / 2, y: this.size.height / 2 };
    this.draw();
  }

  /** @param scale device pixels per photo pixel; @param at CSS point that stays where it is. */
  zoomTo(scale, at = null) {
    if (!this.size) return;
    const ratio = window.devicePixelRatio;
    const old = this.scale;
    const next = Math.min(MAX_SCALE, Math.max(this.#fitScale(), scale));
    if (at) {
      const dx = at.x * ratio - this.canvas.width / 2;
      const dy = at.y * ratio - this.canvas.height / 2;
      this.centre.x += dx / old - dx / next;
      this.centre.y += dy / old - dy / next;
    }
    this.fitted = false;
    this.freeScale = next;
    this.draw();
  }

  /** @param dx, dy CSS pixels that the photo moves by. */
  pan(dx, dy) {
    if (!this.size) return;
    const ratio = window.devicePixelRatio;
    this.centre.x -= (dx * ratio) / this.scale;
    this.centre.y -= (dy * ratio) / this.scale;
    this.draw();
  }

  get scale() {
    return this.fitted ? this.#fitScale() : this.freeScale;
  }

  /** Where the photo lies in the frame, in CSS pixels. */
  get box() {
    const ratio = window.devicePixelRatio;
    const { x, y } = this.#origin();
    return {
      left: x / ratio,
      top: y / ratio,
      width: (this.size.width * this.scale) / ratio,
      height: (this.size.height * this.scale) / ratio,
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
      gl.uniform1i(this.samplers[0], 0);
      gl.uniform1i(this.samplers[1], both ? 1 : 0);
      gl.uniform2f(this.at.view, canvas.width, canvas.height);
      gl.uniform2f(this.at.origin, origin.x, origin.y);
      gl.uniform2f(this.at.size, this.size.width, this.size.height);
      gl.uniform1f(this.at.scale, this.scale);
      gl.uniform1f(this.at.split, both ? this.split * canvas.width : 0);
      gl.uniform1f(this.at.luma, this.luma);
      gl.uniform1f(this.at.chroma, this.chroma);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    this.onMove();
  }

  #fitScale() {
    const { width, height } = this.size;
    return Math.min(this.canvas.width / width, this.canvas.height / height, 1);
  }

  // Whole device pixels, so that 100 % shows the photo's pixels and no mixture of them.
  #origin() {
    return {
      x: Math.round(this.canvas.width / 2 - this.centre.x * this.scale),
      y: Math.round(this.canvas.height / 2 - this.centre.y * this.scale),
    };
  }

  #keepInView() {
    for (const [axis, side] of [["x", "width"], ["y", "height"]]) {
      const half = Math.min(this.canvas[side] / this.scale, this.size[side]) / 2;
      this.centre[axis] = Math.min(this.size[side] - half, Math.max(half, this.centre[axis]));
    }
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
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    this.at = Object.fromEntries(UNIFORMS.map((n) => [n, gl.getUniformLocation(program, n)]));
    this.samplers = ["noisy", "denoised"].map((name) => gl.getUniformLocation(program, name));
    for (const unit of [0, 1]) {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    }
  }

  #upload(unit, bitmap) {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  }
}

/** A picture file as a bitmap that a texture can hold, with the size it really has. */
export async function toBitmap(blob, maxSide) {
  const whole = await createImageBitmap(blob, { premultiplyAlpha: "none" });
  const { width, height } = whole;
  const share = maxSide / Math.max(width, height);
  if (share >= 1) return { bitmap: whole, width, height };
  const bitmap = await createImageBitmap(whole, {
    premultiplyAlpha: "none",
    resizeWidth: Math.floor(width * share),
    resizeHeight: Math.floor(height * share),
    resizeQuality: "high",
  });
  whole.close();
  return { bitmap, width, height };
}
