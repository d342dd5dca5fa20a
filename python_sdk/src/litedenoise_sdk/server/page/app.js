// The page: photos in, settings, and what is shown of the current photo.

import { divides, movable } from "./controls.js";
import { Device } from "./device.js";
import { Photo } from "./photo.js";
import { Service } from "./service.js";
import { Strip } from "./strip.js";
import { setTheme, theme } from "./theme.js";
import { Viewer, toBitmap } from "./viewer.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const STRENGTHS = ["strength", "luma", "chroma"];
const AT_ONCE = 2;
const STATUS = {
  waiting: () => "Waiting for its turn",
  sending: () => "Sending",
  working: progressText,
  fetching: () => "Taking the result",
  done: doneText,
  failed: () => "Not denoised",
};

const LABELS = { server: "on the server", device: "on this device" };
const PROMISES = {
  server: "They go no further than this service.",
  device: "They never leave this page.",
};
const KINDS = {
  server: "JPEG, PNG, WebP, TIFF · 8 and 16 bits · metadata kept",
  device: "JPEG, PNG, WebP, AVIF · 8 bits · metadata kept",
};

const places = {
  server: new Service(askForKey),
  device: new Device(new URL("../device/", import.meta.url)),
};
const viewer = new Viewer($("canvas"), placeOverlays);
const strip = new Strip($("strip"), show);
const photos = [];
let shown = null;
let drawn = { source: null, result: null };
let announced = "";

// Photos in --------------------------------------------------------------------------------------

function add(files) {
  const found = [...files].filter((file) => file instanceof File);
  const chosen = found.length > 1 ? found.filter((file) => !kindSkipped(file)) : found;
  tellSkipped(found.map(kindSkipped).filter((kind) => kind && found.length > 1));
  const fresh = chosen.map((file) => new Photo(file));
  if (!fresh.length) return;
  for (const photo of fresh) {
    photo.addEventListener("change", () => changed(photo));
    photos.push(photo);
    strip.add(photo);
  }
  show(fresh[0]);
  work();
}

// What cannot be a photo. The service judges the rest, and says what is missing.
function kindSkipped(file) {
  const kind = file.type.split("/")[0];
  if (["video", "audio", "text", "application"].includes(kind)) {
    return kind === "video" ? "video" : "other file";
  }
  return "";
}

function tellSkipped(kinds) {
  const parts = [...new Set(kinds)].map((kind) => {
    const count = kinds.filter((one) => one === kind).length;
    return `${count} ${kind}${count > 1 ? "s" : ""}`;
  });
  $("skipped").hidden = !kinds.length;
  $("skipped").textContent = `${kinds.length} skipped: ${parts.join("; ")}`;
}

function work() {
  if (!network().precision) return; // not known yet: what waits is begun once it is
  const busy = photos.filter((one) => ["sending", "working", "fetching"].includes(one.state));
  const waiting = photos.filter((one) => one.state === "waiting");
  for (const photo of waiting.slice(0, Math.max(0, AT_ONCE - busy.length))) {
    begin(photo);
  }
}

function begin(photo) {
  photo.denoise(place(), network()).then(work);
}

function place() {
  return places[$("place").value];
}

function network() {
  return { precision: $("precision").value };
}

function changed(photo) {
  strip.update(photo);
  renderAll();
  if (photo === shown) render();
}

// What is shown ----------------------------------------------------------------------------------

function show(photo) {
  shown = photo;
  drawn = { source: null, result: null };
  viewer.clear();
  strip.mark(photo);
  render();
}

async function render() {
  const photo = shown;
  say(photo ? STATUS[photo.state](photo.job) : "");
  $("name").textContent = photo?.name ?? "";
  $("empty").hidden = photo !== null;
  $("blank").hidden = photo?.state !== "failed" || photo.source !== null;
  $("alert").hidden = photo?.state !== "failed";
  $("alert").textContent = photo?.problem ? `${photo.name}: ${photo.problem}` : "";
  $("remove").hidden = photo === null;
  $("cancel").hidden = !["sending", "working"].includes(photo?.state);
  renderAll();
  const done = photo?.state === "done";
  $("strengths").disabled = !done;
  $("download").disabled = !done;
  renderFacts(photo);
  renderNotes(photo?.job);
  renderStrengths();
  renderBlocks();
  renderAgain();
  if (photo) await draw(photo);
}

async function draw(photo) {
  if (photo.source && drawn.source !== photo.source) {
    drawn.source = photo.source;
    const { bitmap, width, height } = await toBitmap(photo.source, viewer.maxSide);
    if (photo !== shown) return;
    viewer.setBefore(bitmap, width, height);
    applyStrengths();
  }
  if (photo.result !== drawn.result && viewer.size) {
    drawn.result = photo.result;
    if (photo.result === null) return viewer.setAfterNone();
    const { bitmap } = await toBitmap(photo.result, viewer.maxSide);
    if (photo === shown && drawn.result === photo.result) viewer.setAfter(bitmap);
  }
}

function progressText(job) {
  if (job.state === "queued") return "Waiting for its turn";
  if (!job.total_blocks) return "Reading";
  return `Denoising: ${job.done_blocks} of ${job.total_blocks} blocks`;
}

function doneText({ inference_ms, accelerator }) {
  if (inference_ms === null) return "Done: this result was kept";
  return `Done in ${(inference_ms / 1000).toFixed(1)} s on ${accelerator.actual}`;
}

// Screen readers hear quarters, not every block.
function say(text) {
  const job = shown?.job;
  const quarter = job?.total_blocks ? Math.floor((4 * job.done_blocks) / job.total_blocks) : 0;
  const key = text.startsWith("Denoising") ? `quarter ${quarter}` : text;
  $("status").setAttribute("aria-live", key === announced ? "off" : "polite");
  announced = key;
  $("status").textContent = text;
}

function renderAll() {
  $("all").hidden = photos.filter((one) => one.state === "done").length < 2;
}

function renderFacts(photo) {
  const job = photo?.job;
  const facts = {};
  if (job?.width) {
    const megapixels = ((job.width * job.height) / 1e6).toFixed(1);
    facts.Photo = `${job.width} × ${job.height}, ${megapixels} MP`;
    facts.Blocks = job.rows ? `${job.columns} × ${job.rows}` : String(job.total_blocks || "…");
  }
  if (job?.accelerator) {
    if (job.inference_ms === null) facts.Time = "none: this result was kept";
    else {
      facts.Time = `${(job.inference_ms / 1000).toFixed(2)} s`;
      facts.Speed = `${((job.width * job.height) / 1e3 / job.inference_ms).toFixed(2)} MP/s`;
    }
    const { actual, threads, precision, reason, agreementDb } = job.accelerator;
    facts.Accelerator = `${actual}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
    if (agreementDb) facts.Agreement = `${agreementDb.toFixed(1)} dB with the processor`;
    if (reason && agreementDb !== undefined) facts.Why = reason;
    facts.Network = precision;
    const { luma, chroma, is_clean: isClean } = job.noise;
    facts.Noise = isClean ? "next to none" : `${luma.toFixed(1)} of 255, colour ${chroma.toFixed(1)}`;
  }
  $("facts").hidden = !Object.keys(facts).length;
  $("facts").replaceChildren(...Object.entries(facts).flatMap(([name, value]) => {
    const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
    [dt.textContent, dd.textContent] = [name, value];
    return [dt, dd];
  }));
}

function renderNotes(job) {
  const notes = job?.notes ?? [];
  $("notes").hidden = !notes.length;
  $("notes").replaceChildren(...notes.map((note) => {
    const item = document.createElement("li");
    item.textContent = note;
    return item;
  }));
}

function renderBlocks() {
  const job = shown?.job;
  const blocks = $("blocks");
  const visible = shown?.state === "working" && job?.total_blocks > 0 && viewer.size !== null;
  blocks.hidden = !visible;
  if (!visible) return;
  const columns = job.columns ?? Math.ceil(Math.sqrt(job.total_blocks));
  if (blocks.childElementCount !== job.total_blocks) {
    blocks.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
    const cells = Array.from({ length: job.total_blocks }, () => document.createElement("i"));
    blocks.replaceChildren(...cells);
  }
  [...blocks.children].forEach((cell, index) => {
    cell.className = index < job.done_blocks ? "done" : index === job.done_blocks ? "now" : "";
  });
  placeOverlays();
}

function renderAgain() {
  const used = shown?.parameters;
  const now = network();
  const finished = ["done", "failed"].includes(shown?.state);
  const differs = used && (used.precision !== now.precision || shown.place !== place());
  $("again-hint").hidden = !(finished && (differs || shown.state === "failed"));
  $("again").textContent = shown?.state === "failed" ? "Try again" : "Denoise this photo again";
}

function placeOverlays() {
  const { size, bitmaps, split, fitted } = viewer;
  const compared = Boolean(size && bitmaps[1]);
  $("divider").hidden = $("before").hidden = $("after").hidden = !compared;
  $("zoom").hidden = !size;
  $("canvas").setAttribute("aria-label", shown
    ? `${shown.name}${compared ? ", before on the left and after on the right" : ""}`
    : "No photo yet");
  if (!size) return;
  const percent = Math.round(100 * split);
  $("divider").style.left = `${100 * split}%`;
  $("divider").setAttribute("aria-valuenow", percent);
  $("divider").setAttribute("aria-valuetext", `${percent} % shows the photo before`);
  for (const button of $("zoom").children) {
    const { zoom } = button.dataset;
    button.ariaPressed = String(zoom === "fit" ? fitted : !fitted && Number(zoom) === viewer.scale);
  }
  const { box } = viewer;
  for (const side of ["left", "top", "width", "height"]) {
    $("blocks").style[side] = `${box[side]}px`;
  }
}

// Settings ---------------------------------------------------------------------------------------

function renderStrengths() {
  const values = shown?.strengths ?? { strength: 100, luma: null, chroma: null };
  for (const name of STRENGTHS) {
    const value = values[name] ?? values.strength;
    $(name).value = value;
    $(`${name}-value`).textContent = value;
  }
  $("link").disabled = values.luma === null && values.chroma === null;
}

function applyStrengths() {
  const { strength, luma, chroma } = shown.strengths;
  viewer.setStrengths((luma ?? strength) / 100, (chroma ?? strength) / 100);
}

for (const name of STRENGTHS) {
  $(name).addEventListener("input", (event) => {
    shown.strengths[name] = event.target.valueAsNumber;
    applyStrengths();
    renderStrengths();
  });
}
$("link").addEventListener("click", () => {
  Object.assign(shown.strengths, { luma: null, chroma: null });
  applyStrengths();
  renderStrengths();
  $("strength").focus();
});
$("precision").addEventListener("change", renderAgain);
$("again").addEventListener("click", () => begin(shown));
$("cancel").addEventListener("click", () => {
  shown.cancel();
  work();
});

function fillPlaces() {
  /** @type {HTMLMetaElement} */
  const meta = document.querySelector("meta[name='places']");
  const names = meta.content.split(" ");
  $("place").replaceChildren(...names.map((name) => new Option(LABELS[name], name)));
  $("place-choice").hidden = names.length === 1;
  $("place").addEventListener("change", () => fillPrecisions().catch((error) => fail(error.message)));
}

async function fillPrecisions() {
  const name = $("place").value;
  $("precision").replaceChildren();
  $("promise").textContent = PROMISES[name];
  $("kinds").textContent = KINDS[name];
  const models = await places[name].models();
  if (name !== $("place").value) return; // another was chosen meanwhile
  $("precision").replaceChildren(
    ...models.map(({ precision, label = precision }) => new Option(label, precision)),
  );
  renderAgain();
  work();
}

// Results out ------------------------------------------------------------------------------------

async function download(photo) {
  try {
    const { blob, name } = await photo.finished();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  } catch (error) {
    fail(`${photo.name}: ${error.message}`);
  }
}

$("download").addEventListener("click", () => download(shown));
$("all").addEventListener("click", async () => {
  for (const photo of photos.filter((one) => one.state === "done")) await download(photo);
});
$("remove").addEventListener("click", () => {
  const index = photos.indexOf(shown);
  photos.splice(index, 1)[0].discard();
  strip.remove(shown);
  show(photos[Math.min(index, photos.length - 1)] ?? null);
  (photos.length ? $("remove") : $("choose")).focus();
  work();
});

function fail(text) {
  $("alert").hidden = false;
  $("alert").textContent = text;
}

function askForKey() {
  const dialog = $("key-dialog");
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve($("key").value), { once: true });
  });
}

// Wiring -----------------------------------------------------------------------------------------

for (const id of ["add", "choose"]) $(id).addEventListener("click", () => $("files").click());
$("files").addEventListener("change", (event) => {
  add(event.target.files);
  event.target.value = "";
});
document.addEventListener("paste", (event) => add(event.clipboardData.files));
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dropping");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  add(event.dataTransfer.files);
});
$("zoom").addEventListener("click", ({ target }) => {
  const { zoom } = target.dataset;
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
fillPrecisions().catch((error) => fail(error.message));
