// node build.mjs FOLDER
//
// Lays out FOLDER as a static site: the page that the service has, too, and device/, which is the
// npm package: modules, LiteRT's wasm builds, the JPEG encoder and the networks.

import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = (/** @type {string} */ path) => new URL(path, import.meta.url);
const PAGE = here("../python_sdk/src/litedenoise_sdk/server/page/");
const MODELS = here("../models/released/");
const LITERT = here("node_modules/@litertjs/core/");
const MOZJPEG = here("node_modules/@jsquash/jpeg/codec/");

const FOLDERS = ["./", "files/", "model/", "rows/"];
const BUILDS = ["compat", "threaded"];
const PRECISIONS = ["int8", "fp16"];
const MODULE = /^(?!.*\.config).*\.js$/;

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
  "img-src 'self' blob: data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; " +
  "form-action 'none'";

const LITERT_NOTICE = `LiteRT.js (@litertjs/core VERSION), https://github.com/google-ai-edge/LiteRT
Copyright 2025 Google LLC. Licensed under the Apache License, Version 2.0; see LICENSE.
The files are those of the npm package, unchanged.
`;

const target = new URL(`file://${process.cwd()}/${process.argv[2]}/`);
const device = new URL("device/", target);

await rm(target, { recursive: true, force: true });
await copyModules();
await copyRuntime();
await copyModels();
await writePackage();
await copySite();

async function copyModules() {
  for (const folder of FOLDERS) {
    await mkdir(new URL(folder, device), { recursive: true });
    for (const name of await readdir(here(folder))) {
      if (MODULE.test(name)) await cp(here(folder + name), new URL(folder + name, device));
    }
  }
}

async function copyRuntime() {
  const litert = new URL("vendor/litert/", device);
  const { version } = JSON.parse(await readFile(new URL("package.json", LITERT), "utf8"));
  for (const build of BUILDS) {
    for (const end of ["js", "wasm"]) {
      const name = `litert_wasm_${build}_internal.${end}`;
      await cp(new URL(`wasm/${name}`, LITERT), new URL(name, litert));
    }
  }
  await cp(here("../LICENSE"), new URL("LICENSE", litert));
  await writeFile(new URL("NOTICE", litert), LITERT_NOTICE.replace("VERSION", version));
  const mozjpeg = new URL("vendor/mozjpeg/", device);
  for (const end of ["js", "wasm"]) {
    const name = `mozjpeg_enc.${end}`;
    await cp(new URL(`enc/${name}`, MOZJPEG), new URL(name, mozjpeg));
  }
  await cp(new URL("../LICENSE", MOZJPEG), new URL("LICENSE", mozjpeg));
  await cp(new URL("LICENSE.codec.md", MOZJPEG), new URL("LICENSE.codec.md", mozjpeg));
}

async function copyModels() {
  for (const precision of PRECISIONS) {
    for (const end of ["tflite", "json"]) {
      const name = `litedenoisenet-${precision}.${end}`;
      await cp(new URL(name, MODELS), new URL(`models/${name}`, device));
    }
  }
  await cp(new URL("MODEL_CARD.md", MODELS), new URL("models/MODEL_CARD.md", device));
}

/** The npm package is device/ as it is. */
async function writePackage() {
  const { scripts, devDependencies, ...kept } = JSON.parse(
    await readFile(here("package.json"), "utf8"),
  );
  await writeFile(new URL("package.json", device), `${JSON.stringify(kept, null, 2)}\n`);
  await cp(here("README.md"), new URL("README.md", device));
  await cp(here("../LICENSE"), new URL("LICENSE", device));
}

async function copySite() {
  await cp(PAGE, new URL("page/", target), { recursive: true });
  await cp(here("site/"), target, { recursive: true });
  const index = await readFile(new URL("page/index.html", target), "utf8");
  const meta = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
  const manifest = '<link rel="manifest" href="manifest.webmanifest">';
  const register = '<script type="module" src="register.js"></script>';
  const page = index
    .replace('<meta name="places" content="server">', '<meta name="places" content="device">')
    .replace("<title>", `${meta}\n  ${manifest}\n  ${register}\n  <title>`);
  if (page.split("\n").length !== index.split("\n").length + 3 || !page.includes('"device"')) {
    throw new Error("page/index.html is not what this script expects");
  }
  await rm(new URL("page/index.html", target));
  await writeFile(new URL("index.html", target), page);
  await writeOffline();
}

/** The service worker knows every file, and a name that changes with any of them. */
async function writeOffline() {
  const every = await readdir(target, { recursive: true, withFileTypes: true });
  const root = fileURLToPath(target);
  const files = every
    .filter((entry) => entry.isFile() && entry.name !== "offline.js")
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(new URL(file, target)));
  const offline = new URL("offline.js", target);
  const script = await readFile(offline, "utf8");
  await writeFile(
    offline,
    script
      .replace('"VERSION"', JSON.stringify(hash.digest("hex").slice(0, 16)))
      .replace('["FILES"]', JSON.stringify(files, null, 2)),
  );
}
