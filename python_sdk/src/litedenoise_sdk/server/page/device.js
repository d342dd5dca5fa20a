// This device as a place to denoise on: the same calls as the service's, without any request.

const PRECISIONS = [
  { precision: "int8", label: "int8" },
  { precision: "fp16", label: "fp16" },
];
const ON_GPU = { precision: "fp16-webgpu", label: "fp16 on the graphics processor" };

export class Device {
  #module = null;
  #opened = { precision: "", denoiser: null };
  #jobs = new Map();

  /** @param folder URL of the modules that `make web` lays out. */
  constructor(folder) {
    this.folder = folder;
  }

  async models() {
    this.#module ??= import(new URL("denoiser.js", this.folder).href);
    await this.#module;
    return "gpu" in navigator ? [...PRECISIONS, ON_GPU] : PRECISIONS;
  }

  /** Starts a job, which waits for those before it. */
  async start(file, { precision }, signal) {
    const job = {
      status: { id: crypto.getRandomValues(new Uint32Array(2)).join("-"), state: "queued" },
      stopping: new AbortController(),
      restoration: null,
      wake: () => {},
    };
    Object.assign(job.status, { done_blocks: 0, total_blocks: 0, format: null });
    signal.addEventListener("abort", () => job.stopping.abort());
    this.#jobs.set(job.status.id, job);
    this.#run(job, file, precision);
    return job.status;
  }

  /** Yields the job's status after every change, the last when it is over. */
  async *follow(id, signal) {
    const job = this.#jobs.get(id);
    for (let told = null; ["queued", "running"].includes(told?.state ?? "queued"); ) {
      if (job.status === told) await new Promise((wake) => (job.wake = wake));
      else yield (told = job.status);
      signal.throwIfAborted();
    }
  }

  /**
   * @param {string} id
   * @param {{ strength?: number, luma?: number, chroma?: number }} [strengths]
   */
  async result(id, { strength, luma = strength, chroma = strength } = {}) {
    return this.#jobs.get(id).restoration.file({ strength, luma, chroma });
  }

  async forget(id) {
    this.#jobs.get(id)?.stopping.abort();
    this.#jobs.delete(id);
  }

  async #run(job, file, precision) {
    try {
      const denoiser = await this.#denoiser(precision);
      const restoration = await denoiser.restore(file, {
        signal: job.stopping.signal,
        onProgress: ({ done, total, rows, columns }) =>
          change(job, { state: "running", done_blocks: done, total_blocks: total, rows, columns }),
      });
      job.restoration = restoration;
      change(job, { state: "done", ...describe(restoration) });
    } catch (error) {
      change(job, { state: "failed", problem: { detail: error.message } });
    }
  }

  /** One network is open at a time: each takes a few hundred megabytes. */
  async #denoiser(precision) {
    if (this.#opened.precision === precision) return this.#opened.denoiser;
    const before = this.#opened.denoiser;
    const denoiser = this.#open(precision, before);
    this.#opened = { precision, denoiser };
    denoiser.catch(() => {
      if (this.#opened.denoiser === denoiser) this.#opened = { precision: "", denoiser: null };
    });
    return denoiser;
  }

  async #open(precision, before) {
    const { Denoiser } = await this.#module;
    if (before) await before.then((denoiser) => denoiser.close(), () => {});
    return Denoiser.open({ precision: precision.slice(0, 4), gpu: precision === ON_GPU.precision });
  }
}

function change(job, values) {
  job.status = { ...job.status, ...values };
  job.wake();
}

/** The service's words for a result. */
function describe({ size, noise, notes, inferenceMs, report }) {
  return {
    ...size,
    inference_ms: inferenceMs,
    notes,
    noise: { luma: noise.luma, chroma: noise.chroma, is_clean: noise.isClean },
    accelerator: {
      actual: report.processor === "webgpu" ? "the graphics processor" : "this device",
      precision: report.precision,
      threads: report.threads,
      reason: report.reason,
      agreementDb: report.agreementDb,
    },
  };
}
