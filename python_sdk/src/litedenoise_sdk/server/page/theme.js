// Dark or light: as chosen before, else as the system has it.

const KEY = "theme";
const root = document.documentElement;

export function theme() {
  return root.dataset.theme;
}

/** @param {string} name "dark" or "light" */
export function setTheme(name) {
  localStorage.setItem(KEY, name);
  root.dataset.theme = name;
}

const preferred = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
root.dataset.theme = localStorage.getItem(KEY) ?? preferred;
