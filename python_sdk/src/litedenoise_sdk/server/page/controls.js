// Pointer, wheel and keys on the photo and on the divider.

/** @import { Viewer } from "./viewer.js" */

const PAN_PX = 60;
const SPLIT_STEP = 0.02;
const ZOOM_STEP = 1.25;

/**
 * Lets the photo be moved and zoomed.
 *
 * @param {HTMLElement} frame
 * @param {Viewer} viewer
 */
export function movable(frame, viewer) {
  /** @type {Map<number, PointerEvent>} */
  const pointers = new Map();
  frame.addEventListener("pointerdown", (event) => {
    if (event.target !== viewer.canvas) return;
    viewer.canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
  });
  frame.addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const other = [...pointers.values()].find((one) => one.pointerId !== event.pointerId);
    if (other) {
      const before = Math.hypot(last.x - other.x, last.y - other.y);
      const now = Math.hypot(event.x - other.x, event.y - other.y);
      const middle = { clientX: (event.x + other.x) / 2, clientY: (event.y + other.y) / 2 };
      if (before > 0) viewer.zoomTo((viewer.scale * now) / before, within(frame, middle));
    } else {
      viewer.pan(event.x - last.x, event.y - last.y);
    }
    pointers.set(event.pointerId, event);
  });
  for (const kind of /** @type {const} */ (["pointerup", "pointercancel"])) {
    frame.addEventListener(kind, (event) => pointers.delete(event.pointerId));
  }
  frame.addEventListener("wheel", (event) => {
    if (!viewer.size) return;
    event.preventDefault();
    viewer.zoomTo(viewer.scale * Math.exp(-event.deltaY / 400), within(frame, event));
  }, { passive: false });
  frame.addEventListener("dblclick", (event) => {
    if (event.target !== viewer.canvas) return;
    if (viewer.fitted) viewer.zoomTo(1, within(frame, event));
    else viewer.fit();
  });
  frame.addEventListener("keydown", (event) => {
    if (event.target !== frame || event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {Record<string, () => void>} */
    const actions = {
      ArrowLeft: () => viewer.pan(PAN_PX, 0),
      ArrowRight: () => viewer.pan(-PAN_PX, 0),
      ArrowUp: () => viewer.pan(0, PAN_PX),
      ArrowDown: () => viewer.pan(0, -PAN_PX),
      "+": () => viewer.zoomTo(viewer.scale * ZOOM_STEP),
      "=": () => viewer.zoomTo(viewer.scale * ZOOM_STEP),
      "-": () => viewer.zoomTo(viewer.scale / ZOOM_STEP),
      0: () => viewer.fit(),
      1: () => viewer.zoomTo(1),
      2: () => viewer.zoomTo(2),
      4: () => viewer.zoomTo(4),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
}

/**
 * Lets the divider be dragged and stepped.
 *
 * @param {HTMLElement} divider
 * @param {HTMLElement} frame
 * @param {Viewer} viewer
 */
export function divides(divider, frame, viewer) {
  divider.addEventListener("pointerdown", (event) => {
    divider.setPointerCapture(event.pointerId);
    event.preventDefault();
    divider.focus(/** @type {FocusOptions} */ ({ focusVisible: false }));
  });
  divider.addEventListener("pointermove", (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    viewer.setSplit(within(frame, event).x / frame.clientWidth);
  });
  divider.addEventListener("keydown", (event) => {
    /** @type {Record<string, number>} */
    const steps = {
      ArrowLeft: viewer.split - SPLIT_STEP,
      ArrowDown: viewer.split - SPLIT_STEP,
      ArrowRight: viewer.split + SPLIT_STEP,
      ArrowUp: viewer.split + SPLIT_STEP,
      PageDown: viewer.split - 5 * SPLIT_STEP,
      PageUp: viewer.split + 5 * SPLIT_STEP,
      Home: 0,
      End: 1,
    };
    if (!(event.key in steps)) return;
    event.preventDefault();
    viewer.setSplit(steps[event.key]);
  });
}

/**
 * @param {HTMLElement} frame
 * @param {{ clientX: number, clientY: number }} event
 */
function within(frame, event) {
  const box = frame.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}
