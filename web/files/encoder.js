// Pixels to JPEG with MozJPEG: a canvas halves the colours' resolution whatever quality it is asked
// for, and knows no grey.

import { writeJpeg } from "./jpeg.js";

/** @import { Size } from "../plan.js" */
/** @import { Metadata } from "./metadata.js" */

const [GREY, YCBCR] = [1, 3];
const ANNEX_K = 0;
const DEFAULT = { quality: 95, is444: true, progressive: false };

/**
 * @param {Uint8Array} pixels RGB
 * @param {Size} size
 * @param {Metadata} metadata
 * @returns {Promise<Blob>}
 */
export async function encodeJpeg(pixels, { height, width }, metadata) {
  const hints = metadata.jpeg ?? DEFAULT;
  const { default: load } = await import("../vendor/mozjpeg/mozjpeg_enc.js");
  const encoder = await load({ noInitialRun: true });
  const options = {
    quality: hints.quality,
    baseline: !hints.progressive,
    progressive: hints.progressive,
    arithmetic: false,
    optimize_coding: true,
    smoothing: 0,
    color_space: metadata.isGrey ? GREY : YCBCR,
    quant_table: ANNEX_K,
    trellis_multipass: false,
    trellis_opt_zero: false,
    trellis_opt_table: false,
    trellis_loops: 1,
    auto_subsample: false,
    chroma_subsample: hints.is444 ? 1 : 2,
    separate_chroma_quality: false,
    chroma_quality: hints.quality,
  };
  const encoded = encoder.encode(withAlpha(pixels), width, height, options);
  return writeJpeg(encoded, metadata);
}

/** @param {Uint8Array} pixels RGB */
function withAlpha(pixels) {
  const samples = new Uint8ClampedArray((pixels.length / 3) * 4);
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
    samples[to] = pixels[from];
    samples[to + 1] = pixels[from + 1];
    samples[to + 2] = pixels[from + 2];
    samples[to + 3] = 255;
  }
  return samples;
}
