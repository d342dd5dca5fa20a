// Files that are chosen, pasted or dropped.

import { element } from "./elements.js";

/** @param {(files: File[]) => void} add called with those that may be photos */
export function takeFiles(add) {
  const input = element("files", HTMLInputElement);
  const take = (/** @type {FileList | undefined} */ files) => add(photosOf([...(files ?? [])]));
  for (const id of ["add", "choose"]) {
    element(id, HTMLButtonElement).addEventListener("click", () => input.click());
  }
  input.addEventListener("change", () => {
    take(input.files ?? undefined);
    input.value = "";
  });
  document.addEventListener("paste", (event) => take(event.clipboardData?.files));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    take(event.dataTransfer?.files);
  });
}

/**
 * Without what cannot be a photo, which is counted. A single file is never left out: the place says
 * what is the matter with it.
 *
 * @param {File[]} files
 */
function photosOf(files) {
  const skipped = files.length > 1 ? files.map(kindSkipped).filter(Boolean) : [];
  const parts = [...new Set(skipped)].map((kind) => {
    const count = skipped.filter((one) => one === kind).length;
    return `${count} ${kind}${count > 1 ? "s" : ""}`;
  });
  const told = element("skipped", HTMLElement);
  told.hidden = !skipped.length;
  told.textContent = `${skipped.length} skipped: ${parts.join("; ")}`;
  return skipped.length ? files.filter((file) => !kindSkipped(file)) : files;
}

/**
 * What cannot be a photo; "" for what can.
 *
 * @param {File} file
 */
function kindSkipped(file) {
  const kind = file.type.split("/")[0];
  if (!["video", "audio", "text", "application"].includes(kind)) return "";
  return kind === "video" ? "video" : "other file";
}
