// node denoise_in_node.mjs MODEL.tflite HEIGHT WIDTH BUDGET_BYTES IN.rgb OUT.rgb
//
// Denoises raw RGB bytes with LiteRT's wasm build for browsers without isolation, which runs in
// Node, too.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { compileFunction } from "node:vm";

import { RowsNetwork } from "../../web/rows/network.js";
import { LiteRt } from "../../web/runtime.js";

const WASM = new URL(
  "../../web/node_modules/@litertjs/core/wasm/",
  import.meta.url,
);
const SCRIPT = new URL("litert_wasm_compat_internal.js", WASM);

const [modelPath, height, width, budgetBytes, source, target] =
  process.argv.slice(2);

// Node takes the script for an ES module, by the package it lies in; it is none.
const script = `${readFileSync(SCRIPT, "utf8")}\nreturn ModuleFactory;`;
const factory = compileFunction(script, ["require", "__filename", "__dirname"])(
  createRequire(SCRIPT),
  SCRIPT.pathname,
  WASM.pathname,
);
const litert = await LiteRt.load(factory, {
  locateFile: (name) => new URL(name, WASM).pathname,
});
const sidecar = JSON.parse(
  readFileSync(modelPath.replace(/tflite$/, "json"), "utf8"),
);
const model = {
  content: new Uint8Array(readFileSync(modelPath)),
  precision: sidecar.precision,
  dtype: sidecar.input_dtype,
  haloPx: sidecar.halo_px,
};
const photo = {
  pixels: new Uint8Array(readFileSync(source)),
  size: { height: Number(height), width: Number(width) },
};
const place = { threads: 1, budgetBytes: Number(budgetBytes) };
const network = new RowsNetwork(litert, model, place);
/** @type {number[]} */
const steps = [];
const denoised = await network.denoise(photo, ({ done }) => void steps.push(done));
writeFileSync(target, denoised);
console.log(JSON.stringify({ steps, heapBytes: litert.heapBytes }));
process.exit(0); // LiteRT leaves a handle open
