import assert from "node:assert/strict";
import { test } from "node:test";

import { RuntimeFailure } from "../errors.js";
import { testBlock } from "../gpu.js";
import { removedNoise } from "../noise.js";
import { checkSanity } from "../sanity.js";
import { fromTensor } from "../tensors.js";

const size = { height: 64, width: 64 };
const noisy = testBlock(size);

test("what denoising does is let through", () => {
  checkSanity(noisy, noisy, size);
  checkSanity(
    noisy,
    noisy.map((value, at) => value + 40 * (at % 2 ? 1 : -1)),
    size,
  );
});

test("memory that was never written is not", () => {
  let state = 7;
  const random = noisy.map(() => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24);
  for (const garbage of [noisy.map(() => 0), noisy.map(() => 255), random]) {
    assert.throws(() => checkSanity(noisy, garbage, size), RuntimeFailure);
  }
});

test("NaN and infinity are not", () => {
  const tensor = new Float32Array([0.5, NaN, 0.5]);
  assert.throws(() => fromTensor(new Uint8Array(tensor.buffer), "float32"), RuntimeFailure);
});

test("removed noise", () => {
  const noise = removedNoise(
    noisy.map((value, at) => value + (at % 2 ? 6 : -6)),
    noisy,
  );
  assert.ok(Math.abs(noise.luma - 6 * Math.abs(0.299 - 0.587 + 0.114)) < 0.01);
  assert.equal(noise.isClean, false);
  assert.equal(removedNoise(noisy, noisy).isClean, true);
});
