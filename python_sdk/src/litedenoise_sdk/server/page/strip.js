// All photos in a row, once there is more than one.

/** @import { Photo } from "./photo.js" */

/**
 * @typedef {object} Entry
 * @property {HTMLElement} item
 * @property {HTMLElement} button
 * @property {HTMLElement} mark
 * @property {HTMLImageElement | null} image
 */

/** @type {Partial<Record<string, string>>} */
const MARKS = {
  waiting: "waiting",
  sending: "sending",
  fetching: "taking",
  done: "done",
  failed: "failed",
};

export class Strip {
  /** @type {Map<Photo, Entry>} */
  entries = new Map();

  /**
   * @param {HTMLElement} nav with a list
   * @param {(photo: Photo) => void} choose called with the photo that is clicked
   */
  constructor(nav, choose) {
    this.nav = nav;
    this.list = /** @type {HTMLElement} */ (nav.querySelector("ol"));
    this.choose = choose;
  }

  /** @param {Photo} photo */
  add(photo) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.addEventListener("click", () => this.choose(photo));
    const mark = document.createElement("span");
    mark.className = "mark";
    button.append(mark);
    item.append(button);
    this.list.append(item);
    this.entries.set(photo, { item, button, mark, image: null });
    this.update(photo);
  }

  /** @param {Photo} photo */
  update(photo) {
    const entry = this.entries.get(photo);
    if (!entry) return;
    if (photo.source && !entry.image) {
      entry.image = document.createElement("img");
      entry.image.alt = "";
      entry.image.src = URL.createObjectURL(photo.source);
      entry.button.prepend(entry.image);
    }
    const { job } = photo;
    const percent = job?.total_blocks ? Math.floor((100 * job.done_blocks) / job.total_blocks) : 0;
    const state = job?.state === "queued" ? "waiting" : photo.state;
    const text = MARKS[state] ?? `${percent} %`;
    entry.mark.textContent = text;
    entry.button.dataset.state = photo.state;
    entry.button.setAttribute("aria-label", `${photo.name}, ${text}`);
    this.nav.hidden = this.entries.size < 2;
  }

  /** @param {Photo | null} photo the one that is shown */
  mark(photo) {
    for (const [one, { button }] of this.entries) {
      if (one === photo) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  /** @param {Photo} photo */
  remove(photo) {
    const entry = this.entries.get(photo);
    if (!entry) return;
    if (entry.image) URL.revokeObjectURL(entry.image.src);
    entry.item.remove();
    this.entries.delete(photo);
    this.nav.hidden = this.entries.size < 2;
  }
}
