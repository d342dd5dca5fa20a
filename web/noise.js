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
  const [ofRed, ofGreen, ofBlue] = BT601_LUMA;
  // Of luma, red, green and blue; plain arithmetic, as there is a million of them.
  const [sums, squares] = [new Float64Array(4), new Float64Array(4)];
  let count = 0;
  for (let at = 0; at < noisy.length; at += step, count++) {
    const red = noisy[at] - denoised[at];
    const green = noisy[at + 1] - denoised[at + 1];
    const blue = noisy[at + 2] - denoised[at + 2];
    const luma = ofRed * red + ofGreen * green + ofBlue * blue;
    const [r, g, b] = [red - luma, green - luma, blue - luma];
    sums[0] += luma;
    sums[1] += r;
    sums[2] += g;
    sums[3] += b;
    squares[0] += luma * luma;
    squares[1] += r * r;
    squares[2] += g * g;
    squares[3] += b * b;
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
