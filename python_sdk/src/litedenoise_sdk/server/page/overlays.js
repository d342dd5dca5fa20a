// What lies over the photo: the divider, its labels, the zoom, the grid of blocks.

import { element } from "./elements.js";

/** @import { Photo } from "./photo.js" */
/** @import { Viewer } from "./viewer.js" */

const $ = (/** @type {string} */ id) => element(id, HTMLElement);

/**
 * Which of them are there, and where.
 *
 * @param {Photo | null} photo
 * @param {Viewer} viewer
 */
export function placeOverlays(photo, viewer) {
  const { size, bitmaps, split, fitted } = viewer;
  const compared = Boolean(size && bitmaps[1]);
  $("divider").hidden = $("before").hidden = $("after").hidden = !compared;
  $("zoom").hidden = !size;
  $("canvas").setAttribute("aria-label", photo
    ? `${photo.name}${compared ? ", before on the left and after on the right" : ""}`
    : "No photo yet");
  if (!size) return;
  const percent = Math.round(100 * split);
  $("divider").style.left = `${100 * split}%`;
  $("divider").setAttribute("aria-valuenow", `${percent}`);
  $("divider").setAttribute("aria-valuetext", `${percent} % shows the photo before`);
  for (const one of $("zoom").querySelectorAll("button")) {
    const { zoom } = one.dataset;
    one.ariaPressed = String(zoom === "fit" ? fitted : !fitted && Number(zoom) === viewer.scale);
  }
  const { box } = viewer;
  for (const side of /** @type {const} */ (["left", "top", "width", "height"])) {
    $("blocks").style[side] = `${box[side]}px`;
  }
}

/**
 * The blocks of a photo that is being denoised.
 *
 * @param {Photo | null} photo
 * @param {Viewer} viewer
 */
export function showBlocks(photo, viewer) {
  const blocks = $("blocks");
  const job = photo?.state === "working" && viewer.size ? photo.job : null;
  blocks.hidden = !job?.total_blocks;
  if (!job?.total_blocks) return;
  const { total_blocks: total, done_blocks: done } = job;
  const columns = job.columns ?? Math.ceil(Math.sqrt(total));
  if (blocks.childElementCount !== total) {
    blocks.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
    blocks.replaceChildren(...Array.from({ length: total }, () => document.createElement("i")));
  }
  [...blocks.children].forEach((cell, index) => {
    cell.className = index < done ? "done" : index === done ? "now" : "";
  });
  placeOverlays(photo, viewer);
}
