// One photo: read, sent, denoised and fetched.

import { messageOf } from "./elements.js";
import { pictureOf } from "./pictures.js";

/** @import { Job, Parameters, Place, Wanted } from "./place.js" */
/** @typedef {"waiting" | "sending" | "working" | "fetching" | "done" | "failed"} State */

const SHOWN = new Set(["JPEG", "PNG", "WEBP", "AVIF"]); // by every browser

/** @typedef {{ strength: number, luma: number | null, chroma: number | null }} Strengths */

export class Photo extends EventTarget {
  /** @type {State} */
  state = "waiting";
  /** @type {Place | null} */
  place = null;
  /** @type {Parameters | null} */
  parameters = null;
  /** @type {Job | null} */
  job = null;
  /** What the browser can show of the photo as it was. @type {Blob | null} */
  source = null;
  /** The same at full strength. @type {Blob | null} */
  result = null;
  problem = "";
  /** In percent; null where it follows the first. @type {Strengths} */
  strengths = { strength: 100, luma: null, chroma: null };
  stopping = new AbortController();

  /** @param {File} file */
  constructor(file) {
    super();
    this.file = file;
    this.name = file.name || "pasted.png";
  }

  /**
   * Runs the photo through the network at a place; never throws.
   *
   * @param {Place} place
   * @param {Parameters} parameters
   */
  async denoise(place, parameters) {
    this.forget();
    this.place = place;
    this.#change({ state: "sending", problem: "", result: null, job: null, parameters });
    try {
      const { signal } = this.stopping;
      this.source ??= await showable(this.file);
      this.#change({});
      let job = await place.start(this.file, parameters, signal);
      this.#change({ state: "working", job });
      for await (job of place.follow(job.id, signal)) this.#change({ job });
      if (job.state !== "done") {
        throw new Error(job.problem?.detail ?? "The photo was cancelled.");
      }
      // What the browser cannot show, the service turns into what it can.
      const wanted = SHOWN.has(job.format ?? "") ? {} : { format: "png" };
      this.source ??= await place.result(job.id, { strength: 0, format: "png" });
      this.#change({ state: "fetching" });
      this.#change({ result: await place.result(job.id, wanted), state: "done" });
    } catch (error) {
      const isCancelled = error instanceof DOMException && error.name === "AbortError";
      if (!isCancelled) this.#change({ state: "failed", problem: messageOf(error) });
    }
  }

  /** Cancels what runs; it can be started again. */
  cancel() {
    this.stopping.abort();
    this.stopping = new AbortController();
    this.forget();
    this.#change({ state: "failed", problem: "cancelled before it was done", job: null });
  }

  /** Has the place forget the photo. */
  forget() {
    if (this.job) this.place?.forget(this.job.id).catch(() => {});
  }

  /** The finished file, blended to the last bit, with the photo's metadata, and its name. */
  async finished() {
    if (!this.place || !this.job) throw new Error("the photo is not done");
    const blob = await this.place.result(this.job.id, this.wanted);
    const isRenamed = blob.type === "image/png" && !/\.png$/i.test(this.name);
    return { blob, name: isRenamed ? `${this.name}.png` : this.name };
  }

  /** @returns {Wanted} */
  get wanted() {
    const { strength, luma, chroma } = this.strengths;
    return {
      strength: strength / 100,
      ...(luma !== null && { luma: luma / 100 }),
      ...(chroma !== null && { chroma: chroma / 100 }),
    };
  }

  /** Stops what runs, and has the place forget the photo. */
  discard() {
    this.stopping.abort();
    this.forget();
  }

  /** @param {Partial<Photo>} values */
  #change(values) {
    Object.assign(this, values);
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * The file itself where the browser can show it, else null.
 *
 * @param {Blob} file
 */
async function showable(file) {
  const picture = await pictureOf(file);
  picture?.bitmap.close();
  return picture && file;
}
