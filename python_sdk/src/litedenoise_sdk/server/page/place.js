// Where photos are denoised: by the service, or on this device.

/**
 * @typedef {object} Accelerator
 * @property {string} actual
 * @property {string | null} [device] what runs under that name, where it does not say it all
 * @property {number} threads
 * @property {string} precision
 * @property {string} reason
 * @property {number | null} [agreementDb] of this device alone; null where there is nothing to agree
 *
 * @typedef {object} Job
 * @property {string} id
 * @property {"queued" | "running" | "done" | "failed" | "cancelled"} state
 * @property {number} done_blocks
 * @property {number} total_blocks 0 until it is known
 * @property {number} [rows] of blocks
 * @property {number} [columns]
 * @property {string | null} format of the photo's file; null where it is not told
 * @property {number} [width]
 * @property {number} [height]
 * @property {number | null} [inference_ms] null where the result was kept from before
 * @property {Accelerator} [accelerator]
 * @property {{ luma: number, chroma: number, is_clean: boolean }} [noise]
 * @property {string[]} [notes]
 * @property {{ detail: string } | null} [problem]
 *
 * @typedef {{ precision: string }} Parameters
 * @typedef {{ strength?: number, luma?: number, chroma?: number, format?: string }} Wanted
 *
 * @typedef {object} Place
 * @property {() => Promise<{ precision: string, label?: string }[]>} models
 * @property {(file: Blob, parameters: Parameters, signal: AbortSignal) => Promise<Job>} start
 * @property {(id: string, signal: AbortSignal) => AsyncIterable<Job>} follow the job after every
 *   change, the last when it is over
 * @property {(id: string, wanted?: Wanted) => Promise<Blob>} result
 * @property {(id: string) => Promise<void>} forget
 */
export {};
