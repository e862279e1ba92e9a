// The packages that the bundle leaves outside, with everything they need, as package-lock.json pins them.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Machines that the helper is installed on. */
const TARGETS = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"];
/** Headers that only somebody who compiles needs. */
const COMPILING = ["node-addon-api"];

/**
 * Rows `{path, name, version, integrity, target?}`, sorted by path: where each stands under `node_modules`, and the one
 * machine that it is for, where it is for one.
 * @throws Error for a package that the lock does not pin.
 */
export function packagesOf(root, roots) {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const rows = new Map();
  const add = (place) => {
    const { version, integrity, os, cpu, dependencies, optionalDependencies } = packages[place];
    const target = os === undefined ? undefined : `${os[0]}-${cpu[0]}`;
    if (rows.has(place) || (target !== undefined && !TARGETS.includes(target))) return;
    if (integrity === undefined) throw new Error(`package-lock.json does not pin ${place}.`);
    const path = place.slice("node_modules/".length);
    rows.set(place, { path, name: path.split("node_modules/").at(-1), version, integrity, target });
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (COMPILING.includes(name)) continue;
      const found = placeOf(name, place);
      if (found !== undefined) add(found);
      else if (dependencies?.[name] !== undefined) throw new Error(`package-lock.json does not know ${name}.`);
    }
  };
  /** Where Node would find it from there. */
  const placeOf = (name, from) => {
    for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
      const place = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
      if (packages[place] !== undefined) return place;
      if (folder === "") return undefined;
    }
  };
  for (const name of roots) add(placeOf(name, ""));
  return [...rows.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
