import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Problem, Rule } from "./problem.ts";

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const ICON = { width: 512, height: 512 };
const SCREENSHOT = { width: 2_000, height: 1_250 };
const MOST_SCREENSHOTS = 6;
/** What `ray lint` takes as the place that a package came from. */
const REGISTRIES = new Set(["registry.npmjs.org", "npm.jsr.io", "cdn.sheetjs.com"]);

/** Icons that the manifest names are PNGs of 512 × 512, also the ones for a dark ground. */
export const checkIcons: Rule = (folder) => {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, unknown>;
  const lists = [[manifest], manifest["commands"] ?? [], manifest["tools"] ?? []] as { icon?: string }[][];
  const icons = new Set(lists.flat().flatMap(({ icon }) => icon ?? []));
  return [...icons].flatMap((icon) => {
    const dark = join("assets", icon.replace(/\.png$/, "@dark.png"));
    const ofDark = existsSync(join(folder, dark)) ? checkPng(folder, dark, ICON) : [];
    return [...checkPng(folder, join("assets", icon), ICON), ...ofDark];
  });
};

/** Pictures for the Store, where there are any, are PNGs of 2000 × 1250, six at most, named for the extension. */
export const checkMetadata: Rule = (folder) => {
  if (!existsSync(join(folder, "metadata"))) return [];
  const { name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name: string };
  const files = readdirSync(join(folder, "metadata"));
  const strange = files.filter((file) => !new RegExp(`^${name}-[1-6]\\.png$`).test(file));
  return [
    ...strange.map((file) => ({ where: `metadata/${file}`, what: `is not called ${name}-1.png to ${name}-6.png` })),
    ...(files.length > MOST_SCREENSHOTS
      ? [{ where: "metadata", what: `has more than ${MOST_SCREENSHOTS} files` }]
      : []),
    ...files
      .filter((file) => file.endsWith(".png"))
      .flatMap((file) => checkPng(folder, join("metadata", file), SCREENSHOT)),
  ];
};

/** The changelog is headed as the Store wants it: a title, then versions with a name and a date, the newest first. */
export const checkChangelog: Rule = (folder) => {
  const where = "CHANGELOG.md";
  if (!existsSync(join(folder, where))) return [{ where, what: "is missing" }];
  const lines = readFileSync(join(folder, where), "utf8").split("\n");
  const heads = lines.filter((line) => line.startsWith("## "));
  const problems: Problem[] = [];
  if (!/^# \S.* Changelog$/.test(lines[0] ?? "")) problems.push({ where, what: 'has to begin with "# … Changelog"' });
  if (heads.length === 0) problems.push({ where, what: "tells of no version" });
  for (const head of heads) {
    if (!/^## \[[^\]]+\] - (\d{4}-\d{2}-\d{2}|\{PR_MERGE_DATE\})$/.test(head))
      problems.push({ where, what: `has "${head}"; it has to be "## [What Is New] - YYYY-MM-DD" or {PR_MERGE_DATE}` });
  }
  const dates = heads.flatMap((head) => / - (\d{4}-\d{2}-\d{2})$/.exec(head)?.[1] ?? []);
  if (dates.some((date, index) => index > 0 && date > (dates[index - 1] ?? "")))
    problems.push({ where, what: "has an older version above a newer one" });
  return problems;
};

/** One lock file, npm's, that names no registry of a person's own. */
export const checkLock: Rule = (folder) => {
  const others = ["yarn.lock", "pnpm-lock.yaml", "bun.lockb", "shrinkwrap.json", "npm-shrinkwrap.json"];
  const found = others.filter((file) => existsSync(join(folder, file)));
  const problems = found.map((where) => ({
    where,
    what: "is not npm's package-lock.json, the only one the Store takes",
  }));
  const where = "package-lock.json";
  if (!existsSync(join(folder, where))) return [...problems, { where, what: "is missing: run npm install" }];
  const text = readFileSync(join(folder, where), "utf8");
  const { lockfileVersion = 1 } = JSON.parse(text) as { lockfileVersion?: number };
  if (lockfileVersion < 2) problems.push({ where, what: `is of version ${lockfileVersion}: use npm 7 or newer` });
  const hosts = [...text.matchAll(/"resolved":\s*"https?:\/\/([^/"]+)/g)].flatMap(([, host]) => host ?? []);
  for (const host of new Set(hosts.filter((each) => !REGISTRIES.has(each))))
    problems.push({ where, what: `names the registry ${host}` });
  return problems;
};

/** The README and the licence that the Store shows. */
export const checkTexts: Rule = (folder) =>
  ["README.md", "LICENSE"].flatMap((where) => (existsSync(join(folder, where)) ? [] : [{ where, what: "is missing" }]));

function checkPng(folder: string, where: string, wanted: { width: number; height: number }): Problem[] {
  if (!existsSync(join(folder, where))) return [{ where, what: "is missing" }];
  const bytes = readFileSync(join(folder, where));
  if (!bytes.subarray(0, PNG.length).equals(PNG) || bytes.toString("latin1", 12, 16) !== "IHDR")
    return [{ where, what: "is no PNG" }];
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width === wanted.width && height === wanted.height) return [];
  return [{ where, what: `is ${width} × ${height}, and has to be ${wanted.width} × ${wanted.height}` }];
}
