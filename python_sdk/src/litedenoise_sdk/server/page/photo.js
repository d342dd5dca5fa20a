// One photo: read, sent, denoised and fetched.

const SHOWN = new Set(["JPEG", "PNG", "WEBP", "AVIF"]); // by every browser

export class Photo extends EventTarget {
  constructor(file) {
    super();
    this.file = file;
    this.name = file.name || "pasted.png";
    this.state = "waiting";
    this.place = null;
    this.job = null;
    this.source = null; // what the browser can show of the photo as it was
    this.result = null; // the same at full strength
    this.problem = "";
    this.strengths = { strength: 100, luma: null, chroma: null };
    this.stopping = new AbortController();
  }

  /** Runs the photo through the network at a place, a service or this device; never throws. */
  async denoise(place, parameters) {
    this.forget();
    this.place = place;
    this.#change({ state: "sending", problem: "", result: null, job: null, parameters });
    try {
      const { signal } = this.stopping;
      this.source ??= await showable(this.file);
      this.#change({});
      const started = await place.start(this.file, parameters, signal);
      this.#change({ state: "working", job: started });
      for await (const job of place.follow(started.id, signal)) this.#change({ job });
      const { state, problem } = this.job;
      if (state !== "done") throw new Error(problem?.detail ?? "The photo was cancelled.");
      // What the browser cannot show, the service turns into what it can.
      const format = SHOWN.has(this.job.format) ? {} : { format: "png" };
      if (!this.source) {
        this.source = await place.result(this.job.id, { strength: 0, format: "png" });
      }
      this.#change({ state: "fetching" });
      this.#change({ result: await place.result(this.job.id, format), state: "done" });
    } catch (error) {
      if (error.name !== "AbortError") this.#change({ state: "failed", problem: error.message });
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
    if (this.job) this.place.forget(this.job.id).catch(() => {});
  }

  /** The finished file, blended to the last bit, with the photo's metadata, and its name. */
  async finished() {
    const blob = await this.place.result(this.job.id, this.query);
    const isRenamed = blob.type === "image/png" && !/\.png$/i.test(this.name);
    return { blob, name: isRenamed ? `${this.name}.png` : this.name };
  }

  get query() {
    const { strength, luma, chroma } = this.strengths;
    const query = { strength: strength / 100 };
    if (luma !== null) query.luma = luma / 100;
    if (chroma !== null) query.chroma = chroma / 100;
    return query;
  }

  /** Stops what runs, and has the place forget the photo. */
  discard() {
    this.stopping.abort();
    this.forget();
  }

  #change(values) {
    Object.assign(this, values);
    this.dispatchEvent(new Event("change"));
  }
}

/** The file itself where the browser can show it, else null. */
async function showable(file) {
  try {
    (await createImageBitmap(file)).close();
    return file;
  } catch {
    return null;
  }
}
