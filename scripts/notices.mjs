// The licences of everything that is bundled, as one text.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folder of the package that an input of a bundle belongs to, or undefined for the project's own files. */
function packageOf(input) {
  const found = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
  return found?.[0];
}

/**
 * Notices for the packages behind the inputs of a bundle, sorted by name.
 * @throws Error naming a package that states no licence: it must not be shipped before somebody has looked.
 */
export function noticesOf(root, inputs) {
  const folders = [...new Set(inputs.map(packageOf).filter((folder) => folder !== undefined))].sort();
  const notices = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const file = readdirSync(join(root, folder)).find((one) => /^(licen[cs]e|copying)(\.|-|$)/i.test(one));
    const text = file === undefined ? "" : readFileSync(join(root, folder, file), "utf8").trim();
    if (text === "" && license === undefined) throw new Error(`${name} states no licence.`);
    return `${name} ${version} (${license ?? "see below"})\n\n${text}`;
  });
  return `loopd contains the following packages.\n\n${notices.join("\n\n----------------------------------------\n\n")}\n`;
}
