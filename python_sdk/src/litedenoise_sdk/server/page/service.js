// The service's HTTP interface, as far as the page needs it.

/** @import { Job, Parameters, Place, Wanted } from "./place.js" */

const KEY = "litedenoise-key";

/** Why the service refused, in its own words. */
export class Refusal extends Error {
  /**
   * @param {{ status: number, title?: string, detail?: string }} problem
   * @param {number} [retryAfter] seconds
   */
  constructor(problem, retryAfter = 1) {
    super(problem.detail || problem.title);
    this.status = problem.status;
    this.retryAfter = retryAfter;
  }
}

/** @implements {Place} */
export class Service {
  /** @param {() => Promise<string>} askForKey when the service wants one */
  constructor(askForKey) {
    this.askForKey = askForKey;
  }

  async models() {
    return (await (await this.#ask("/v1/models")).json()).models;
  }

  /**
   * Starts a job; waits as long as the service says while its queue is full.
   *
   * @param {Blob} file
   * @param {Parameters} parameters
   * @param {AbortSignal} signal
   * @returns {Promise<Job>}
   */
  async start(file, parameters, signal) {
    const headers = { "Content-Type": "application/octet-stream" };
    const query = new URLSearchParams(parameters);
    for (;;) {
      try {
        const options = { method: "POST", body: file, headers, signal };
        return await (await this.#ask(`/v1/jobs?${query}`, options)).json();
      } catch (error) {
        if (!(error instanceof Refusal && error.status === 429)) throw error;
        const waitMs = 1000 * error.retryAfter;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  /**
   * Yields the job's status after every change, the last when it is over.
   *
   * @param {string} id
   * @param {AbortSignal} signal
   * @returns {AsyncGenerator<Job>}
   */
  async *follow(id, signal) {
    const answer = await this.#ask(`/v1/jobs/${id}/events`, { signal });
    if (!answer.body) return;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value.replaceAll("\r\n", "\n")).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        const data = event.split("\n").find((line) => line.startsWith("data: "));
        if (data) yield JSON.parse(data.slice("data: ".length));
      }
    }
  }

  /**
   * @param {string} id
   * @param {Wanted} [wanted]
   */
  async result(id, wanted = {}) {
    const query = new URLSearchParams(Object.entries(wanted).map(([name, value]) => [name, `${value}`]));
    return (await this.#ask(`/v1/jobs/${id}/result?${query}`)).blob();
  }

  /** @param {string} id */
  async forget(id) {
    await this.#ask(`/v1/jobs/${id}`, { method: "DELETE" });
  }

  /**
   * @param {string} path
   * @param {RequestInit & { headers?: Record<string, string> }} [options]
   * @returns {Promise<Response>}
   */
  async #ask(path, options = {}) {
    const key = sessionStorage.getItem(KEY);
    const headers = { ...options.headers, ...(key && { Authorization: `Bearer ${key}` }) };
    let answer;
    try {
      answer = await fetch(path, { ...options, headers });
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new Refusal({ status: 0, detail: "The service does not answer. Is it still running?" });
    }
    if (answer.status === 401) {
      sessionStorage.setItem(KEY, await this.askForKey());
      return this.#ask(path, options);
    }
    if (answer.ok) return answer;
    throw new Refusal(await answer.json(), Number(answer.headers.get("Retry-After")) || 1);
  }
}
