// The page: photos in, settings, and what is shown of the current photo.

import { divides, movable } from "./controls.js";
import { Device } from "./device.js";
import { element, messageOf } from "./elements.js";
import { tell } from "./facts.js";
import { takeFiles } from "./intake.js";
import { placeOverlays, showBlocks } from "./overlays.js";
import { Photo } from "./photo.js";
import { pictureOf } from "./pictures.js";
import { Service } from "./service.js";
import { Strip } from "./strip.js";
import { setTheme, theme } from "./theme.js";
import { Viewer } from "./viewer.js";

/** @import { Place } from "./place.js" */
/** @typedef {"server" | "device"} PlaceName */

const STRENGTHS = /** @type {const} */ (["strength", "luma", "chroma"]);
const AT_ONCE = 2;

const LABELS = { server: "on the server", device: "on this device" };
const PROMISES = {
  server: "They go no further than this service.",
  device: "They never leave this page.",
};
const KINDS = {
  server: "JPEG, PNG, WebP, TIFF, HEIC, AVIF, raw · 8 and 16 bits · metadata kept",
  device: "JPEG, PNG, WebP, AVIF · 8 bits · metadata kept",
};

const $ = (/** @type {string} */ id) => element(id, HTMLElement);
const button = (/** @type {string} */ id) => element(id, HTMLButtonElement);
const input = (/** @type {string} */ id) => element(id, HTMLInputElement);
const select = (/** @type {string} */ id) => element(id, HTMLSelectElement);

/** @type {Record<PlaceName, Place>} */
const places = {
  server: new Service(askForKey),
  device: new Device(new URL("../device/", import.meta.url)),
};
const viewer = new Viewer(element("canvas", HTMLCanvasElement), () => placeOverlays(shown, viewer));
const strip = new Strip($("strip"), show);
/** @type {Photo[]} */
const photos = [];
/** @type {Photo | null} */
let shown = null;
/** @type {{ source: Blob | null, result: Blob | null }} */
let drawn = { source: null, result: null };

// Photos in --------------------------------------------------------------------------------------

/** @param {File[]} files */
function add(files) {
  const fresh = files.map((file) => new Photo(file));
  for (const photo of fresh) {
    photo.addEventListener("change", () => changed(photo));
    photos.push(photo);
    strip.add(photo);
  }
  if (fresh.length) show(fresh[0]);
  work();
}

function work() {
  if (!network().precision) return; // not known yet: what waits is begun once it is
  const busy = photos.filter((one) => ["sending", "working", "fetching"].includes(one.state));
  const waiting = photos.filter((one) => one.state === "waiting");
  for (const photo of waiting.slice(0, Math.max(0, AT_ONCE - busy.length))) {
    begin(photo);
  }
}

/** @param {Photo} photo */
function begin(photo) {
  photo.denoise(place(), network()).then(work);
}

function placeName() {
  return /** @type {PlaceName} */ (select("place").value);
}

function place() {
  return places[placeName()];
}

function network() {
  return { precision: select("precision").value };
}

/** @param {Photo} photo */
function changed(photo) {
  strip.update(photo);
  renderAll();
  if (photo === shown) render();
}

// What is shown ----------------------------------------------------------------------------------

/** @param {Photo | null} photo */
function show(photo) {
  shown = photo;
  drawn = { source: null, result: null };
  viewer.clear();
  strip.mark(photo);
  render();
}

async function render() {
  const photo = shown;
  const state = photo?.state;
  tell(photo);
  $("name").textContent = photo?.name ?? "";
  $("empty").hidden = photo !== null;
  $("blank").hidden = state !== "failed" || photo?.source !== null;
  $("alert").hidden = state !== "failed";
  $("alert").textContent = photo?.problem ? `${photo.name}: ${photo.problem}` : "";
  $("remove").hidden = photo === null;
  $("cancel").hidden = state !== "sending" && state !== "working";
  renderAll();
  element("strengths", HTMLFieldSetElement).disabled = state !== "done";
  button("download").disabled = state !== "done";
  renderStrengths();
  showBlocks(shown, viewer);
  renderAgain();
  if (photo) await draw(photo);
}

/** @param {Photo} photo */
async function draw(photo) {
  if (photo.source && drawn.source !== photo.source) {
    drawn.source = photo.source;
    const before = await pictureOf(photo.source, viewer.maxSide);
    if (!before || photo !== shown || !(await viewer.setBefore(before))) return;
    applyStrengths(photo);
    showBlocks(shown, viewer);
  }
  if (photo.result !== drawn.result && viewer.size) {
    drawn.result = photo.result;
    if (photo.result === null) return viewer.setAfterNone();
    const after = await pictureOf(photo.result, viewer.maxSide);
    if (after && photo === shown && drawn.result === photo.result) await viewer.setAfter(after);
  }
}

function renderAll() {
  $("all").hidden = photos.filter((one) => one.state === "done").length < 2;
}

function renderAgain() {
  const isFailed = shown?.state === "failed";
  const used = shown?.parameters;
  const differs = used && (used.precision !== network().precision || shown?.place !== place());
  $("again-hint").hidden = !(isFailed || (shown?.state === "done" && differs));
  $("again").textContent = isFailed ? "Try again" : "Denoise this photo again";
}

// Settings ---------------------------------------------------------------------------------------

function renderStrengths() {
  const values = shown?.strengths ?? { strength: 100, luma: null, chroma: null };
  for (const name of STRENGTHS) {
    const value = `${values[name] ?? values.strength}`;
    input(name).value = value;
    $(`${name}-value`).textContent = value;
  }
  button("link").disabled = values.luma === null && values.chroma === null;
}

/** @param {Photo} photo */
function applyStrengths({ strengths: { strength, luma, chroma } }) {
  viewer.setStrengths((luma ?? strength) / 100, (chroma ?? strength) / 100);
}

/** @param {Partial<Photo["strengths"]>} values */
function setStrengths(values) {
  if (!shown) return;
  Object.assign(shown.strengths, values);
  applyStrengths(shown);
  renderStrengths();
}

for (const name of STRENGTHS) {
  input(name).addEventListener("input", () => setStrengths({ [name]: input(name).valueAsNumber }));
}
$("link").addEventListener("click", () => {
  setStrengths({ luma: null, chroma: null });
  $("strength").focus();
});
$("precision").addEventListener("change", renderAgain);
$("again").addEventListener("click", () => shown && begin(shown));
$("cancel").addEventListener("click", () => {
  shown?.cancel();
  work();
});

function fillPlaces() {
  const meta = document.querySelector("meta[name='places']");
  const names = /** @type {PlaceName[]} */ (meta?.getAttribute("content")?.split(" ") ?? []);
  $("place").replaceChildren(...names.map((name) => new Option(LABELS[name], name)));
  $("place-choice").hidden = names.length === 1;
  $("place").addEventListener("change", fillPrecisions);
}

async function fillPrecisions() {
  const name = placeName();
  $("precision").replaceChildren();
  $("promise").textContent = PROMISES[name];
  $("kinds").textContent = KINDS[name];
  try {
    const models = await places[name].models();
    if (name !== placeName()) return; // another was chosen meanwhile
    $("precision").replaceChildren(
      ...models.map(({ precision, label = precision }) => new Option(label, precision)),
    );
  } catch (error) {
    fail(messageOf(error));
  }
  renderAgain();
  work();
}

// Results out ------------------------------------------------------------------------------------

/** @param {Photo} photo */
async function download(photo) {
  try {
    const { blob, name } = await photo.finished();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  } catch (error) {
    fail(`${photo.name}: ${messageOf(error)}`);
  }
}

$("download").addEventListener("click", () => shown && download(shown));
$("all").addEventListener("click", async () => {
  for (const photo of photos.filter((one) => one.state === "done")) await download(photo);
});
$("remove").addEventListener("click", () => {
  if (!shown) return;
  const index = photos.indexOf(shown);
  photos.splice(index, 1)[0].discard();
  strip.remove(shown);
  show(photos[Math.min(index, photos.length - 1)] ?? null);
  (photos.length ? $("remove") : $("choose")).focus();
  work();
});

/** @param {string} text */
function fail(text) {
  $("alert").hidden = false;
  $("alert").textContent = text;
}

/** @returns {Promise<string>} */
function askForKey() {
  const dialog = element("key-dialog", HTMLDialogElement);
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(input("key").value), { once: true });
  });
}

// Wiring -----------------------------------------------------------------------------------------

takeFiles(add);
$("zoom").addEventListener("click", ({ target }) => {
  const zoom = target instanceof HTMLElement ? target.dataset.zoom : "";
  if (zoom === "fit") viewer.fit();
  else if (zoom) viewer.zoomTo(Number(zoom));
});

function showTheme() {
  $("theme").ariaPressed = String(theme() === "light");
}
$("theme").addEventListener("click", () => {
  setTheme(theme() === "light" ? "dark" : "light");
  showTheme();
});
showTheme();

movable($("viewer"), viewer);
divides($("divider"), $("viewer"), viewer);
fillPlaces();
fillPrecisions();
