// Small helpers on bytes.

/** @param {string} text Latin-1: one letter, one byte. */
export const latin1 = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** @param {Uint8Array} bytes */
export function toLatin1(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

/**
 * @param {Uint8Array} bytes
 * @param {string} start Latin-1
 * @param {number} [at]
 */
export function startsWith(bytes, start, at = 0) {
  for (let index = 0; index < start.length; index++) {
    if (bytes[at + index] !== start.charCodeAt(index)) return false;
  }
  return true;
}

/** @param {Uint8Array} bytes */
export const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** @param {Uint8Array[]} parts */
export function joined(parts) {
  const whole = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Bytes through one of the browser's compressors.
 *
 * @param {Blob | Uint8Array} data
 * @param {CompressionStream | DecompressionStream} through
 */
export async function piped(data, through) {
  const source = data instanceof Blob ? data : blobOf([data]);
  const stream = source.stream().pipeThrough(through);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * @param {Uint8Array[]} parts
 * @param {string} [type]
 */
export const blobOf = (parts, type = "") =>
  new Blob(/** @type {Uint8Array<ArrayBuffer>[]} */ (parts), { type });

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** @param {Uint8Array} bytes CRC-32, as in PNG. */
export function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}
