// Plans, mirrored pixels and mixes that Python, Kotlin and this code must agree on.

import assert from "node:assert/strict";
import { test } from "node:test";

import { OptionsError } from "../errors.js";
import { latin1 } from "../files/bytes.js";
import {
  chooseBlock,
  keptOf,
  MARGIN_PX,
  paddedLength,
  planBlocks,
  sourceIndices,
} from "../plan.js";
import { blend, readBlock, writeBlock } from "../stitch.js";
import { checksum, generator, golden } from "./golden.js";

/** @import { Box } from "../plan.js" */

const plans = golden("plans");
const pixels = golden("pixels");
const random = golden("random_plans");

/** @param {number[]} sides */
const sizeOf = ([height, width]) => ({ height, width });

/** @param {Box} box */
const cornersOf = ({ top, left, bottom, right }) => [top, left, bottom, right];

/**
 * The photo of write_pixels.py.
 *
 * @param {number} height
 * @param {number} width
 * @param {number} seed
 */
function picture(height, width, seed) {
  const values = new Uint8Array(height * width * 3);
  for (let at = 0; at < values.length; at++) {
    const [channel, column] = [at % 3, Math.floor(at / 3) % width];
    const row = Math.floor(at / 3 / width);
    values[at] = (row * 7 + column * 13 + channel * 29 + row * column * seed) % 256;
  }
  return values;
}

test("plans", () => {
  for (const record of plans.plans) {
    const [photo, block] = [sizeOf(record.photo), sizeOf(record.block)];
    const plan = planBlocks(photo, block, record.halo_px);
    const padded = [photo.height, photo.width].map((side, axis) =>
      paddedLength(side, record.block[axis]),
    );
    assert.equal(MARGIN_PX, record.margin_px);
    assert.deepEqual(padded, record.padded);
    const found = plan.blocks.map(({ read, own }) => ({
      read: cornersOf(read),
      own: cornersOf(own),
    }));
    assert.deepEqual(found, record.blocks);
    assert.equal(plan.grid.height * plan.grid.width, plan.blocks.length);
  }
});

test("choices", () => {
  for (const record of plans.choices) {
    const mostPx = (record.budget_bytes - record.fixed_bytes) / record.bytes_per_px;
    const choose = () => chooseBlock(sizeOf(record.photo), record.halo_px, mostPx);
    if (record.block) assert.deepEqual(choose(), sizeOf(record.block));
    else assert.throws(choose, OptionsError);
  }
});

test("mirrors", () => {
  for (const { length, start, stop, source } of plans.mirrors) {
    assert.deepEqual([...sourceIndices(start, stop, length)], source);
  }
});

test("10,000 random plans", () => {
  random.crc32_of_groups.forEach((/** @type {string} */ expected, /** @type {number} */ group) => {
    const draw = generator(group);
    const lines = Array.from({ length: random.cases_in_group }, () => randomPlan(draw));
    assert.equal(checksum(latin1(lines.join(""))), expected);
  });
});

/** @param {(below: number) => number} draw */
function randomPlan(draw) {
  const photo = { height: 1 + draw(4000), width: 1 + draw(4000) };
  const haloPx = 16 * draw(10);
  const mostPx = 200_000 + draw(2_000_000);
  const block = chooseBlock(photo, haloPx, mostPx);
  const boxes = planBlocks(photo, block, haloPx).blocks.flatMap((one) =>
    [one.read, one.own, keptOf(one)].map((box) => cornersOf(box).join(",")),
  );
  const sides = `${photo.height}x${photo.width} ${haloPx} ${mostPx} ${block.height}x${block.width}`;
  return `${sides} ${boxes.join(" ")}\n`;
}

test("what blocks see of a photo", () => {
  for (const record of pixels.reads) {
    const photo = sizeOf(record.photo);
    const plan = planBlocks(photo, sizeOf(record.block), record.halo_px);
    const shown = picture(photo.height, photo.width, 1);
    const seen = plan.blocks.map((block) => readBlock({ pixels: shown, size: photo }, block));
    assert.deepEqual(seen.map(checksum), record.crc32);
    const result = new Uint8Array(shown.length);
    plan.blocks.forEach((block, index) => writeBlock(result, plan, block, seen[index]));
    assert.deepEqual(result, shown);
  }
});

test("mixes", () => {
  for (const { photo, luma, chroma, crc32: expected } of pixels.blends) {
    const [height, width] = photo;
    const mixed = blend(picture(height, width, 1), picture(height, width, 3), { luma, chroma });
    assert.equal(checksum(mixed), expected);
  }
});
