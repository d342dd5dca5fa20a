// FlatBuffers, the format of .tflite files: reads tables, and writes new ones in front of a file,
// so that they can point to what the file holds already. Pointers lead forward only.

const HEADER_BYTES = 4;
const WORD_BYTES = 4;

const ALIGNMENT_BYTES = 16; // of files, as the values that they hold expect it

const encoder = new TextEncoder();

/** A table; every read outside the file raises RangeError. */
export class Table {
  /**
   * @param {DataView} view
   * @param {number} position
   */
  constructor(view, position) {
    this.view = view;
    this.position = position;
    this.fields = position - view.getInt32(position, true);
  }

  /** @param {Uint8Array} file */
  static root(file) {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    return new Table(view, view.getUint32(0, true));
  }

  /**
   * Where a field lies, 0 if the table has none.
   *
   * @param {number} field
   */
  #at(field) {
    const entry = HEADER_BYTES + 2 * field;
    if (entry >= this.view.getUint16(this.fields, true)) return 0;
    const offset = this.view.getUint16(this.fields + entry, true);
    return offset && this.position + offset;
  }

  /**
   * Where that lies to which a field points, 0 if the table has none.
   *
   * @param {number} field
   */
  target(field) {
    const found = this.#at(field);
    return found && found + this.view.getUint32(found, true);
  }

  /** @param {number} field */
  #vector(field) {
    const found = this.target(field);
    if (!found) return { start: 0, count: 0 };
    return { start: found + WORD_BYTES, count: this.view.getUint32(found, true) };
  }

  /** @param {number} field */
  uint32(field) {
    const found = this.#at(field);
    return found ? this.view.getUint32(found, true) : 0;
  }

  /** @param {number} field @param {number} [missing] the value where the table has none */
  int32(field, missing = 0) {
    const found = this.#at(field);
    return found ? this.view.getInt32(found, true) : missing;
  }

  /** @param {number} field */
  int8(field) {
    const found = this.#at(field);
    return found ? this.view.getInt8(found) : 0;
  }

  /**
   * Another table, if there is one.
   *
   * @param {number} field
   */
  table(field) {
    const found = this.target(field);
    return found ? new Table(this.view, found) : null;
  }

  /** @param {number} field */
  tables(field) {
    const { start, count } = this.#vector(field);
    const found = [];
    for (let entry = start; entry < start + WORD_BYTES * count; entry += WORD_BYTES) {
      found.push(new Table(this.view, entry + this.view.getUint32(entry, true)));
    }
    return found;
  }

  /**
   * A list of 32-bit integers.
   *
   * @param {number} field
   */
  integers(field) {
    const { start, count } = this.#vector(field);
    return new Integers(this.view, start, count);
  }

  /**
   * A list of bytes, seen as 32-bit integers.
   *
   * @param {number} field
   */
  bytes(field) {
    const { start, count } = this.#vector(field);
    return new Integers(this.view, start, count / WORD_BYTES);
  }
}

/** 32-bit integers inside the file. */
class Integers {
  /**
   * @param {DataView} view
   * @param {number} start
   * @param {number} length
   */
  constructor(view, start, length) {
    this.view = view;
    this.start = start;
    this.length = length;
  }

  /** @param {number} index */
  get(index) {
    if (!(index < this.length)) throw new RangeError(`${index} of ${this.length}`);
    return this.view.getInt32(this.start + WORD_BYTES * index, true);
  }

  values() {
    const values = [];
    for (let index = 0; index < this.length; index++) values.push(this.get(index));
    return values;
  }

  /**
   * Overwrites the list, which has to be as long, or absent.
   *
   * @param {number[]} values
   */
  set(values) {
    if (!this.length) return;
    if (this.length !== values.length) throw new RangeError(`${values.length} of ${this.length}`);
    values.forEach((value, index) => {
      this.view.setInt32(this.start + WORD_BYTES * index, value, true);
    });
  }
}

/**
 * What is to be written: a table by its fields, a list of integers or of anything else here, bytes,
 * a text, or the position of what the file behind holds.
 *
 * @typedef {{ table: (number | Item | null)[] }
 *   | { integers: number[] }
 *   | { items: Item[] }
 *   | { bytes: Uint8Array }
 *   | { text: string }
 *   | { position: number }} Item
 */

/**
 * A file that begins with a new root, and holds `file` behind it.
 *
 * @param {Uint8Array} file
 * @param {string} mark four letters, the kind of file
 * @param {Item} root
 * @returns {Uint8Array}
 */
export function inFront(file, mark, root) {
  const writer = new Writer();
  writer.pointTo(root);
  writer.bytes(encoder.encode(mark));
  return writer.finish(file);
}

/** Writes pointers first, and what they point to after it. */
class Writer {
  #view = new DataView(new ArrayBuffer(1 << 16));
  #end = 0;
  /** @type {{ at: number, item: Item }[]} */
  #pointers = [];

  /** @param {Uint8Array} values */
  bytes(values) {
    for (const value of values) this.#view.setUint8(this.#room(1), value);
  }

  /** @param {number} value */
  word(value) {
    this.#view.setUint32(this.#room(WORD_BYTES), value, true);
  }

  /** @param {Item} item */
  pointTo(item) {
    this.#pointers.push({ at: this.#room(WORD_BYTES), item });
  }

  /** @param {Uint8Array} file */
  finish(file) {
    /** @type {{ at: number, position: number }[]} */
    const beyond = [];
    for (const { at, item } of this.#pointers) {
      // grows meanwhile
      if ("position" in item) beyond.push({ at, position: item.position });
      else this.#view.setUint32(at, this.#write(item) - at, true);
    }
    this.#align(ALIGNMENT_BYTES);
    for (const { at, position } of beyond) {
      this.#view.setUint32(at, this.#end + position - at, true);
    }
    const whole = new Uint8Array(this.#end + file.length);
    whole.set(new Uint8Array(this.#view.buffer, 0, this.#end));
    whole.set(file, this.#end);
    return whole;
  }

  /**
   * @param {Exclude<Item, { position: number }>} item
   * @returns {number} where it lies
   */
  #write(item) {
    if ("table" in item) return this.#writeTable(item.table);
    this.#align(WORD_BYTES);
    const start = this.#end;
    if ("integers" in item) {
      this.word(item.integers.length);
      for (const value of item.integers) this.word(value);
    } else if ("bytes" in item) {
      this.word(item.bytes.length);
      this.bytes(item.bytes);
    } else if ("text" in item) {
      const letters = encoder.encode(item.text);
      this.word(letters.length);
      this.bytes(Uint8Array.of(...letters, 0));
    } else {
      this.word(item.items.length);
      for (const one of item.items) this.pointTo(one);
    }
    return start;
  }

  /** @param {(number | Item | null)[]} fields a word for each; null for the default */
  #writeTable(fields) {
    this.#align(WORD_BYTES);
    const lengths = [HEADER_BYTES + 2 * fields.length, WORD_BYTES * (1 + fields.length)];
    const offsets = fields.map((value, index) => (value === null ? 0 : WORD_BYTES * (1 + index)));
    const start = this.#end;
    for (const value of [...lengths, ...offsets]) this.#view.setUint16(this.#room(2), value, true);
    this.#align(WORD_BYTES);
    const table = this.#end;
    this.word(table - start);
    for (const value of fields) {
      if (value === null || typeof value === "number") this.word(value ?? 0);
      else this.pointTo(value);
    }
    return table;
  }

  /** @param {number} bytes */
  #align(bytes) {
    this.#room((bytes - (this.#end % bytes)) % bytes);
  }

  /** @param {number} bytes */
  #room(bytes) {
    const at = this.#end;
    this.#end += bytes;
    while (this.#end > this.#view.byteLength) {
      const larger = new Uint8Array(2 * this.#view.byteLength);
      larger.set(new Uint8Array(this.#view.buffer));
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}
