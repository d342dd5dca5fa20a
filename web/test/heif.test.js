import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { UnsupportedImage } from "../errors.js";
import { readOrientation } from "../files/exif.js";
import { isHeif, readHeif } from "../files/heif.js";
import { NO_METADATA } from "../files/metadata.js";

const golden = JSON.parse(
  readFileSync(new URL("../../tests/golden/heif.json", import.meta.url), "utf8"),
);
const bytesOf = (/** @type {string} */ letters) =>
  Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));

for (const [name, { source, bits, orientation, exif }] of Object.entries(golden)) {
  test(name, () => {
    const data = bytesOf(source);
    const otherwise = { ...NO_METADATA, bare: new Blob([data]) };
    assert.ok(isHeif(data));
    if (bits > 8) {
      assert.throws(() => readHeif(data, otherwise), UnsupportedImage);
      return;
    }
    const found = readHeif(data, otherwise);
    // Writers leave the orientation to the boxes; who wrote the golden file put it back.
    if (orientation === 1) assert.deepEqual(found.exif, bytesOf(exif));
    assert.equal(readOrientation(found.exif), 1);
    assert.ok(found.stored);
    // Cut anywhere, it is read as far as it goes, and the browser judges it.
    for (let length = 12; length < data.length; length += 7) {
      readHeif(data.slice(0, length), otherwise);
    }
  });
}
