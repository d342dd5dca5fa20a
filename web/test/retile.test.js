import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { CorruptModel, OptionsError } from "../errors.js";
import { retile } from "../model/retile.js";

/** @param {string} precision */
function released(precision) {
  const path = `../../models/released/litedenoisenet-${precision}.tflite`;
  return new Uint8Array(readFileSync(new URL(path, import.meta.url)));
}

for (const precision of ["int8", "fp16", "fp32"]) {
  test(`${precision}: there and back is the same file`, () => {
    const original = released(precision);
    const before = original.slice();
    const there = retile(original, { height: 48, width: 1088 });
    assert.deepEqual(original, before);
    assert.notDeepEqual(there, original);
    assert.deepEqual(retile(there, { height: 512, width: 512 }), original);
  });
}

test("other sides are refused", () => {
  for (const side of [0, -16, 24, 8, NaN]) {
    assert.throws(() => retile(released("int8"), { height: 16, width: side }), OptionsError);
  }
});

test("garbage and files that are cut short are refused", () => {
  const block = { height: 64, width: 64 };
  const whole = released("int8");
  assert.throws(() => retile(new Uint8Array(), block), CorruptModel);
  for (const length of [8, 20, 1000, 20_000]) {
    assert.throws(() => retile(whole.slice(0, length), block), CorruptModel);
  }
  const changed = whole.slice();
  changed.fill(0xff, 0, 4);
  assert.throws(() => retile(changed, block), CorruptModel);
});
