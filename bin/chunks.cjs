/**
 * Loads the bundle's chunks, and keeps what V8 has compiled of them for the next start. Node's own compile cache holds a module as it was
 * before it ran, so that every start compiles again whatever it calls: a tenth of the time of a `check`. What is kept here is taken when
 * the command has done its work, from the first runs of each chunk.
 */
const { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { homedir } = require('node:os');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');
const { crc32 } = require('node:zlib');

/** Other runs call other functions: so many of them add what they compiled. */
const LEARNING_RUNS = 4;
/** Of the digest of the build that the code was compiled from; V8 itself compares no more than the length of the text. */
const BUILD_LENGTH = 64;
/** Before the code: the build, the CRC-32 of the code, which V8 takes as it finds it, and how many runs have added to it. */
const HEADER_LENGTH = BUILD_LENGTH + 8;

/** A bundle in a folder, as `load` gives its modules. */
class Chunks {
  #folder;
  #kept;
  #build;
  #require;
  #modules = new Map();
  #learning = [];

  constructor(folder, env = process.env) {
    this.#folder = folder;
    this.#build = readFileSync(join(folder, 'built'), 'latin1');
    this.#require = createRequire(join(folder, 'main.cjs'));
    this.#kept = keptIn(folder, env);
  }

  /** The exports of a chunk, by its path in the folder. */
  load(path) {
    const file = join(this.#folder, path);
    const known = this.#modules.get(file);
    if (known !== undefined) return known.exports;
    const loaded = { exports: {} };
    this.#modules.set(file, loaded);
    const take = (id) => (id.startsWith('.') ? this.load(join(dirname(path), id)) : this.#require(id));
    this.#compile(path, file).runInThisContext()(loaded.exports, take, loaded, file, dirname(file));
    return loaded.exports;
  }

  #compile(path, file) {
    const keptAs = path.replaceAll('/', '-');
    const kept = this.#read(keptAs);
    const script = new Script(wrap(readFileSync(file, 'latin1')), {
      filename: file,
      cachedData: kept?.code,
    });
    const runs = script.cachedDataRejected === false ? kept.runs : 0;
    if (runs < LEARNING_RUNS) this.#learning.push({ keptAs, script, runs: runs + 1 });
    return script;
  }

  #read(name) {
    if (this.#kept === undefined) return undefined;
    try {
      const bytes = readFileSync(join(this.#kept, name));
      const code = bytes.subarray(HEADER_LENGTH);
      const sound =
        bytes.latin1Slice(0, BUILD_LENGTH) === this.#build && bytes.readUInt32BE(BUILD_LENGTH) === crc32(code);
      return sound ? { code, runs: bytes.readUInt32BE(BUILD_LENGTH + 4) } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Keeps what was compiled in this run. A command is none the worse for a folder that cannot be written. */
  keep() {
    if (this.#kept === undefined) return;
    try {
      for (const { keptAs, script, runs } of this.#learning) {
        const code = script.createCachedData();
        const header = Buffer.alloc(HEADER_LENGTH);
        header.latin1Write(this.#build);
        header.writeUInt32BE(crc32(code), BUILD_LENGTH);
        header.writeUInt32BE(runs, BUILD_LENGTH + 4);
        replace(join(this.#kept, keptAs), Buffer.concat([header, code]));
      }
    } catch {
      return;
    }
  }
}

/** One folder for each bundle and version of Node, the user's own: whoever may write there decides what is run. */
function keptIn(bundle, env) {
  if (env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const cache = env.NODE_COMPILE_CACHE || env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const name = `${process.version}-${process.arch}${bundle.replaceAll(/[^\w.]+/g, '-')}`;
  const folder = join(cache, 'launchgate', 'code', name);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    const own = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    return own ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** Another process reads the old file or the new one. */
function replace(path, bytes) {
  const written = `${path}.${process.pid}`;
  try {
    writeFileSync(written, bytes, { mode: 0o600 });
    renameSync(written, path);
  } catch (error) {
    rmSync(written, { force: true });
    throw error;
  }
}

module.exports = { Chunks };
