// How much noise a photo had: the standard deviation of what the network removed.

/** @typedef {{ luma: number, chroma: number, isClean: boolean }} Noise In levels of 255. */

const BT601_LUMA = [0.299, 0.587, 0.114];
const CLEAN_BELOW = 0.75;
const SAMPLED_PIXELS = 1_000_000;

/**
 * Measured on at most about a million pixels; the mean is left out.
 *
 * @param {Uint8Array} noisy RGB
 * @param {Uint8Array} denoised RGB
 * @returns {Noise} `chroma`: of what is left of the three channels without their luma, root mean
 *   square of the three
 */
export function removedNoise(noisy, denoised) {
  const step = 3 * Math.max(1, Math.floor(noisy.length / 3 / SAMPLED_PIXELS));
  const [sums, squares] = [new Float64Array(4), new Float64Array(4)];
  let count = 0;
  for (let at = 0; at < noisy.length; at += step) {
    const change = [0, 1, 2].map((channel) => noisy[at + channel] - denoised[at + channel]);
    const luma = change.reduce((sum, value, channel) => sum + value * BT601_LUMA[channel], 0);
    [luma, ...change.map((value) => value - luma)].forEach((value, part) => {
      sums[part] += value;
      squares[part] += value * value;
    });
    count++;
  }
  const [luma, ...colours] = squares.map((square, part) =>
    Math.max(0, square / count - (sums[part] / count) ** 2),
  );
  const noise = {
    luma: Math.sqrt(luma),
    chroma: Math.sqrt(colours.reduce((sum, value) => sum + value, 0) / colours.length),
  };
  return { ...noise, isClean: Math.max(noise.luma, noise.chroma) < CLEAN_BELOW };
}
