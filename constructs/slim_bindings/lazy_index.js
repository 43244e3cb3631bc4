// Node loads this file into jsii's processes and their threads, by --require. See README.md.
const { readdirSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join } = require("node:path");
const threads = require("node:worker_threads");
const INDEX = /node_modules[\\/]@cdkt[fn][\\/]provider-[^\\/]+[\\/]lib[\\/]index\.js$/;
const indexes = {};
const resolve = Module._resolveFilename;
Module._resolveFilename = function (...request) {
  const file = resolve.apply(this, request);
  return INDEX.test(file) ? (indexes[file] ??= lazyIndex(file)) : file;
};

function lazyIndex(index) {
  if (readdirSync(dirname(index)).length < 50) return index; // as in __init__.py
  const lazy = join(dirname(index), "lazy-index.js");
  try {
    // index.js sets this, and `import * as` in other libraries depends on it.
    Object.defineProperty(require(lazy), "__esModule", { value: true });
    return lazy;
  } catch (error) {
    console.error(`slim_bindings: bindings load whole in Node: ${error.message.split("\n")[0]}`);
    return index;
  }
}

// jsii (1.142) indexes a bundle's types on a thread, for later starts, and exits without waiting for
// it: a program that takes a second or two would parse all types at every start.
const indexing = threads.getEnvironmentData(__filename) ?? new Int32Array(new SharedArrayBuffer(4));
threads.setEnvironmentData(__filename, indexing);
threads.Worker = class extends threads.Worker {
  constructor(script, options) {
    super(script, options);
    if (options?.workerData?.packageDir) Atomics.add(indexing, 0, 1);
  }
};
process.once("exit", () => {
  if (threads.workerData?.packageDir) Atomics.sub(indexing, 0, 1);
  else if (threads.isMainThread)
    for (let n = 600; n && indexing[0]; n--) Atomics.wait(indexing, 0, indexing[0], 100);
});
