// What is told of a photo, in words and figures.

import { element, withText } from "./elements.js";

/** @import { Photo } from "./photo.js" */
/** @import { Accelerator, Job } from "./place.js" */

const STATUS = {
  waiting: () => "Waiting for its turn",
  sending: () => "Sending",
  working: progressText,
  fetching: () => "Taking the result",
  done: doneText,
  failed: () => "Not denoised",
};

const status = element("status", HTMLElement);
const facts = element("facts", HTMLElement);
const notes = element("notes", HTMLElement);
let announced = "";

/** @param {Photo | null} photo */
export function tell(photo) {
  const text = photo ? STATUS[photo.state](photo.job) : "";
  // Screen readers hear quarters, not every block.
  const job = photo?.job;
  const quarter = job?.total_blocks ? Math.floor((4 * job.done_blocks) / job.total_blocks) : 0;
  const key = text.startsWith("Denoising") ? `quarter ${quarter}` : text;
  status.setAttribute("aria-live", key === announced ? "off" : "polite");
  announced = key;
  status.textContent = text;
  tellFacts(job ?? null);
  tellNotes(job?.notes ?? []);
}

/** @param {Job | null} job */
function progressText(job) {
  if (job?.state === "queued") return "Waiting for its turn";
  if (!job?.total_blocks) return "Reading";
  return `Denoising: ${job.done_blocks} of ${job.total_blocks} blocks`;
}

/** @param {Job | null} job */
function doneText(job) {
  if (typeof job?.inference_ms !== "number") return "Done: this result was kept";
  return `Done in ${(job.inference_ms / 1000).toFixed(1)} s on ${job.accelerator && named(job.accelerator)}`;
}

/** @param {Job | null} job */
function tellFacts(job) {
  const found = Object.entries({ ...ofPhoto(job), ...ofResult(job) });
  facts.hidden = !found.length;
  facts.replaceChildren(
    ...found.flatMap(([name, value]) => [withText("dt", name), withText("dd", value)]),
  );
}

/**
 * @param {Job | null} job
 * @returns {Record<string, string>}
 */
function ofPhoto(job) {
  if (!job?.width || !job.height) return {};
  const megapixels = ((job.width * job.height) / 1e6).toFixed(1);
  return {
    Photo: `${job.width} × ${job.height}, ${megapixels} MP`,
    Blocks: job.rows ? `${job.columns} × ${job.rows}` : String(job.total_blocks || "…"),
  };
}

/**
 * @param {Job | null} job
 * @returns {Record<string, string>}
 */
function ofResult(job) {
  if (!job?.accelerator || !job.noise || !job.width || !job.height) return {};
  const { threads, precision, reason, agreementDb } = job.accelerator;
  const { luma, chroma, is_clean: isClean } = job.noise;
  const timeMs = job.inference_ms;
  const isOnDevice = agreementDb !== undefined;
  return {
    Time: timeMs ? `${(timeMs / 1000).toFixed(2)} s` : "none: this result was kept",
    ...(timeMs && { Speed: `${((job.width * job.height) / 1e3 / timeMs).toFixed(2)} MP/s` }),
    Accelerator: `${named(job.accelerator)}, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    ...(agreementDb && { Agreement: `${agreementDb.toFixed(1)} dB with the processor` }),
    ...(isOnDevice && reason && { Why: reason }),
    Network: precision,
    Noise: isClean ? "next to none" : `${luma.toFixed(1)} of 255, colour ${chroma.toFixed(1)}`,
  };
}

/** @param {Accelerator} accelerator */
function named({ actual, device }) {
  return device ?? actual;
}

/** @param {string[]} found */
function tellNotes(found) {
  notes.hidden = !found.length;
  notes.replaceChildren(...found.map((note) => withText("li", note)));
}
