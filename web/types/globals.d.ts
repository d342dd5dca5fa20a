/** Of the worker: LiteRT's loader script leaves its factory there. */
declare function importScripts(...urls: string[]): void;
interface Window {
  ModuleFactory: import("../runtime.js").Factory;
  importScripts: typeof importScripts;
}
