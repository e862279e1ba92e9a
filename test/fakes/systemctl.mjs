// A fake /usr/bin/systemctl --user: it writes down how it was called, reads unit files only when it is told to
// (daemon-reload) or meets one for the first time, keeps services and timers, and refuses when it was told to.
//   node systemctl.mjs FOLDER --user --no-pager VERB [ARG ...]
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [folder, ...all] = process.argv.slice(2);
const words = all.filter((word) => word !== "--user" && word !== "--no-pager");
const [verb = "", ...rest] = words;
const unit = rest.at(-1) ?? "";
appendFileSync(join(folder, "calls.jsonl"), `${JSON.stringify(words)}\n`);
const read = (name, otherwise) => {
  const path = join(folder, name);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : otherwise;
};
const write = (name, value) => {
  const path = join(folder, name);
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(value));
  renameSync(`${path}.${process.pid}`, path);
};
function fail(code, text) {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

if (!read("settings.json", {}).hasSession) fail(1, "Failed to connect to bus: No medium found");
const place = join(process.env.HOME, ".config", "systemd", "user");
const cache = read("cache.json", {});
const enabled = read("enabled.json", {});
const timers = read("timers.json", {});
const known = read(`jobs/${unit}.json`, undefined);

if (verb === "daemon-reload") write("cache.json", {});
else if (verb === "show") show();
else if (verb === "enable") enable();
else if (verb === "disable") disable();
else if (verb === "start") await start();
else if (verb === "stop") await stop();
else if (verb === "restart") {
  await stop();
  await start();
} else fail(1, `Unknown command verb ${verb}.`);

function textOf() {
  if (enabled[unit] === "masked") fail(1, `Failed to ${verb} unit: Unit ${unit} is masked.`);
  const path = join(place, unit);
  cache[unit] ??= existsSync(path) ? readFileSync(path, "utf8") : undefined;
  write("cache.json", cache);
  return cache[unit] ?? fail(5, `Failed to ${verb} ${unit}: Unit ${unit} not found.`);
}

function enable() {
  if (textOf().includes("[Install]")) write("enabled.json", { ...enabled, [unit]: "enabled" });
}

async function disable() {
  textOf();
  write("enabled.json", { ...enabled, [unit]: "disabled" });
  if (rest.includes("--now")) await stop();
}

async function start() {
  const sections = parse(textOf());
  if (unit.endsWith(".timer")) return write("timers.json", { ...timers, [unit]: sections.Timer });
  const path = join(folder, "jobs", `${unit}.json`);
  if (existsSync(path)) {
    if (known?.state !== "running") process.kill(known.keeper, "SIGUSR2");
    return;
  }
  const { Service } = sections;
  const one = (name) => Service.find(([key]) => key === name)?.[1];
  const variables = Service.filter(([key]) => key === "Environment").map(([, value]) => wordsOf(value, "plain")[0]);
  const job = {
    file: join(place, unit),
    command: wordsOf(one("ExecStart"), "command"),
    environment: {
      HOME: process.env.HOME,
      PATH: "/usr/bin:/bin",
      // As `systemctl --user set-environment` would say it to all jobs: where the machine of this test is.
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("LOOPD_INSTALL_"))),
      ...Object.fromEntries(
        variables.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
      ),
    },
    folder: one("WorkingDirectory"),
    stderr: one("StandardError")
      ?.replace(/^append:/, "")
      .replaceAll("%%", "%"),
    umask: Number.parseInt(one("UMask") ?? "022", 8),
    startsAtLoad: true,
    restartsOnFailure: one("Restart") === "on-failure",
    throttleMs: 200,
    exitMs: 5000,
  };
  const keeper = fileURLToPath(new URL("job-keeper.mjs", import.meta.url));
  spawn(process.execPath, [keeper, path, JSON.stringify(job)], { detached: true, stdio: "ignore" }).unref();
  while (!existsSync(path)) await new Promise((done) => setTimeout(done, 10));
}

async function stop() {
  if (unit.endsWith(".timer")) return write("timers.json", { ...timers, [unit]: undefined });
  if (known === undefined) return;
  process.kill(known.keeper, "SIGTERM");
  while (existsSync(join(folder, "jobs", `${unit}.json`))) await new Promise((done) => setTimeout(done, 10));
}

function show() {
  const file = join(place, unit);
  const isThere = cache[unit] !== undefined || existsSync(file);
  const isActive = unit.endsWith(".timer")
    ? timers[unit] !== undefined
    : known !== undefined && known.state !== "not running";
  const isMasked = enabled[unit] === "masked";
  const lines = {
    LoadState: isMasked ? "masked" : isThere ? "loaded" : "not-found",
    ActiveState: known?.state === "spawn scheduled" ? "activating" : isActive ? "active" : "inactive",
    UnitFileState: isThere ? (enabled[unit] ?? "disabled") : "",
    MainPID: known?.pid ?? 0,
    FragmentPath: isThere ? file : "",
    ...(unit.endsWith(".timer") ? {} : { ExecMainStatus: known?.lastExit ?? 0 }),
  };
  for (const [key, value] of Object.entries(lines)) process.stdout.write(`${key}=${value}\n`);
}

function parse(text) {
  const sections = {};
  let current = [];
  for (const line of text.split("\n")) {
    const name = /^\[(.*)\]$/.exec(line)?.[1];
    if (name !== undefined) sections[name] = current = [];
    else if (line !== "") current.push([line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  }
  return sections;
}

/** Words as systemd splits them (systemd.service(5), systemd.syntax(7)): quotes, escapes, `%%`, and `$$` in commands. */
function wordsOf(text, kind) {
  const found = [];
  for (const [, quoted, bare] of text.matchAll(/"((?:[^"\\]|\\.)*)"|([^\s"]+)/g)) {
    found.push((quoted ?? bare).replace(/\\(["\\])/g, "$1").replaceAll("%%", "%"));
  }
  if (kind === "plain") return found;
  return found.map((word, i) =>
    i === 0 ? word : word.replace(/\$\$|\$\w+|\$\{\w+\}/g, (part) => (part === "$$" ? "$" : "")),
  );
}
