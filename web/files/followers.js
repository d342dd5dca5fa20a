// What follows the picture in a JPEG file: gain maps, films, depth maps, makers' trailers. All of
// it is put behind the new picture as it is: what points there counts from the file's end or
// states lengths, and so stays true. Only the directory of further pictures (CIPA DC-007,
// Multi-Picture Format) counts from the front, and is rewritten.
//
// Two things have to go: previews, which show the noisy picture, and, where the picture is turned
// upright, all of it, as a gain map lies as the picture was stored.

import { joined, latin1, startsWith, toLatin1, viewOf } from "./bytes.js";

/** @import { Structure } from "./jpeg.js" */

/**
 * @typedef {{ attributes: number, length: number, offset: number, depends: number }} Entry
 * @typedef {{ payload: Uint8Array, entries: Entry[] }} Index `payload`: of its segment. Offsets
 *   count from the first byte behind the picture; the first entry is the picture itself.
 * @typedef {{ data: Uint8Array, index: Index | null, isLeftOut: boolean, notes: string[] }} Followers
 */

const MPF = "MPF\0";
const [COUNT, ENTRIES] = [0xb001, 0xb002];
const ENTRY_BYTES = 16;
const TYPE = 0xffffff;
const PREVIEWS = [0x010001, 0x010002];

/**
 * @param {Uint8Array} data the whole file
 * @param {Structure} structure of its first picture
 * @param {number} orientation
 * @returns {Followers}
 */
export function readFollowers(data, { segments, end }, orientation) {
  const rest = data.subarray(end);
  if (rest.every((byte) => byte === 0)) return none([]);
  if (orientation !== 1) {
    return none([
      "what follows the picture (gain map, film or trailer) was left out, as the picture was " +
        "turned upright and it was not; the command turns both",
    ]);
  }
  const segment = segments.find(({ payload }) => startsWith(payload, MPF));
  const index = segment ? readIndex(segment.payload, segment.at + MPF.length - end) : null;
  return withoutPreviews({ data: rest, index, isLeftOut: false, notes: [] });
}

/**
 * The directory's payload for a written file.
 *
 * @param {Index} index
 * @param {number} size of the picture in bytes
 * @param {number} at offset of the payload in the file
 */
export function patchedIndex({ payload, entries }, size, at) {
  const base = at + MPF.length;
  const [main, ...others] = entries;
  const moved = others.map((entry) => ({ ...entry, offset: entry.offset + size - base }));
  const changed = payload.slice();
  const { view, little, fields } = open(changed);
  for (const field of fields) {
    if (field.tag === COUNT) view.setUint32(field.at + 8, entries.length, little);
    if (field.tag !== ENTRIES) continue;
    view.setUint32(field.at + 4, ENTRY_BYTES * entries.length, little);
    let to = MPF.length + view.getUint32(field.at + 8, little);
    for (const entry of [{ ...main, length: size, offset: 0 }, ...moved]) {
      for (const value of [entry.attributes, entry.length, entry.offset, entry.depends]) {
        view.setUint32(to, value, little);
        to += 4;
      }
    }
  }
  return changed;
}

/** @param {string[]} notes @returns {Followers} */
const none = (notes) => ({
  data: new Uint8Array(),
  index: null,
  isLeftOut: notes.length > 0,
  notes,
});

/**
 * The directory, if it makes sense and every picture that it lists lies behind the main one.
 *
 * @param {Uint8Array} payload
 * @param {number} shift from its own header to the first byte behind the picture
 * @returns {Index | null}
 */
function readIndex(payload, shift) {
  try {
    const { view, little, fields } = open(payload);
    const list = fields.find(({ tag }) => tag === ENTRIES);
    if (!list) return null;
    const bytes = view.getUint32(list.at + 4, little);
    const start = MPF.length + view.getUint32(list.at + 8, little);
    const entries = Array.from({ length: bytes / ENTRY_BYTES }, (_, number) => {
      const [attributes, length, offset, depends] = [0, 4, 8, 12].map((at) =>
        view.getUint32(start + ENTRY_BYTES * number + at, little),
      );
      return { attributes, length, offset: number ? offset + shift : 0, depends };
    });
    return entries.length && entries.every(({ offset }) => offset >= 0)
      ? { payload, entries }
      : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** @param {Uint8Array} payload RangeError where it is no directory. */
function open(payload) {
  const view = viewOf(payload);
  const little = view.getUint16(MPF.length) === 0x4949;
  const first = MPF.length + view.getUint32(MPF.length + 4, little);
  const fields = Array.from({ length: view.getUint16(first, little) }, (_, number) => {
    const at = first + 2 + 12 * number;
    return { tag: view.getUint16(at, little), at };
  });
  return { view, little, fields };
}

/**
 * @param {Followers} found
 * @returns {Followers}
 */
function withoutPreviews(found) {
  const isPreview = (/** @type {Entry} */ { attributes }) => PREVIEWS.includes(attributes & TYPE);
  const [main, ...others] = found.index?.entries ?? [];
  if (!found.index || !others.some(isPreview)) return found;
  const kept = [main];
  const parts = [];
  let [last, gone] = [0, 0];
  for (const entry of others.sort((one, two) => one.offset - two.offset)) {
    if (isPreview(entry)) {
      parts.push(found.data.subarray(last, entry.offset));
      gone += entry.offset + entry.length - Math.max(last, entry.offset);
      last = entry.offset + entry.length;
    } else {
      kept.push({ ...entry, offset: entry.offset - gone });
    }
  }
  parts.push(found.data.subarray(last));
  return {
    ...found,
    data: joined(parts),
    index: kept.length > 1 ? { ...found.index, entries: kept } : null,
    notes: ["the previews in the file were left out, as they show the noisy picture"],
  };
}

const CLAIMS = [
  "http://ns.adobe.com/hdr-gain-map/1.0/",
  "http://ns.apple.com/HDRGainMap/1.0/",
  "http://ns.google.com/photos/1.0/container/",
  "http://ns.google.com/photos/1.0/container/item/",
];
const CAMERA = "http://ns.google.com/photos/1.0/camera/";

/**
 * An XMP packet without its claims that a gain map or a film follows the picture.
 *
 * @param {Uint8Array} xmp
 * @returns {Uint8Array}
 */
export function withoutClaims(xmp) {
  // Latin-1, so that a letter is a byte and the rest stays as it is.
  let text = toLatin1(xmp);
  for (const space of CLAIMS) text = without(text, space, "[\\w-]+");
  text = without(text, CAMERA, "(?:MotionPhoto|MicroVideo)\\w*");
  return latin1(text);
}

/**
 * @param {string} text
 * @param {string} space a namespace
 * @param {string} names of its attributes and elements that go
 */
function without(text, space, names) {
  const declared = text.match(`xmlns:([\\w-]+)\\s*=\\s*["']${space.replaceAll(".", "\\.")}["']`);
  if (!declared) return text;
  const name = `${declared[1]}:${names}`;
  return text
    .replace(new RegExp(`<(${name})\\b(?:[^>]*/>|[^]*?</\\1\\s*>)`, "g"), "")
    .replace(new RegExp(`\\s${name}\\s*=\\s*(?:"[^"]*"|'[^']*')`, "g"), "");
}
