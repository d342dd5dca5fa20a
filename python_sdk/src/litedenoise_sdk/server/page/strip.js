// All photos in a row, once there is more than one.

const MARKS = {
  waiting: "waiting",
  sending: "sending",
  fetching: "taking",
  done: "done",
  failed: "failed",
};

export class Strip {
  /** @param choose called with the photo that is clicked. */
  constructor(nav, choose) {
    this.nav = nav;
    this.list = nav.querySelector("ol");
    this.choose = choose;
    this.entries = new Map();
  }

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
    const text = MARKS[photo.state] ?? `${percent} %`;
    entry.mark.textContent = text;
    entry.button.dataset.state = photo.state;
    entry.button.setAttribute("aria-label", `${photo.name}, ${text}`);
    this.nav.hidden = this.entries.size < 2;
  }

  mark(photo) {
    for (const [one, { button }] of this.entries) {
      if (one === photo) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  remove(photo) {
    const { item, image } = this.entries.get(photo);
    if (image) URL.revokeObjectURL(image.src);
    item.remove();
    this.entries.delete(photo);
    this.nav.hidden = this.entries.size < 2;
  }
}
