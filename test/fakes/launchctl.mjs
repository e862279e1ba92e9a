// A fake /bin/launchctl: it writes down how it was called, keeps jobs, and answers as the real one does, or as it was told.
//   node launchctl.mjs FOLDER VERB [ARG ...]
// FOLDER holds calls.jsonl, settings.json ({hasSession, secondMs}), answers.json ([{verb, code, times}]), disabled.json
// and jobs/LABEL.json, which job-keeper.mjs writes.
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [folder, verb = "", ...words] = process.argv.slice(2);
const read = (name, otherwise) => {
  const path = join(folder, name);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : otherwise;
};
const write = (name, value) => {
  const path = join(folder, name);
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(value));
  renameSync(`${path}.${process.pid}`, path);
};

const WORDS = {
  3: "No such process",
  5: "Input/output error",
  37: "Operation already in progress",
  113: "Could not find specified service",
  119: "Service is disabled",
  122: "Path had bad ownership/permissions",
  125: "Domain does not support specified action",
  130: "The system encountered a condition where behavior was undefined",
  161: "Service cannot be launched because of BTM policy",
};
const NAMES = { bootstrap: "Bootstrap", bootout: "Boot-out", kickstart: "Kickstart" };

function fail(code, text = `${NAMES[verb] ?? verb} failed: ${code}: ${WORDS[code] ?? "unknown"}`) {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

function jobOf(label) {
  const path = join(folder, "jobs", `${label}.json`);
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

const { hasSession = true, secondMs = 1000 } = read("settings.json", {});
appendFileSync(join(folder, "calls.jsonl"), `${JSON.stringify([verb, ...words])}\n`);

const answers = read("answers.json", []);
const told = answers.find((answer) => answer.verb === verb && answer.times > 0);
if (told !== undefined) {
  told.times--;
  write("answers.json", answers);
  if (told.code !== 0) fail(told.code);
  // Told to say yes and to do nothing.
  process.exit(0);
}

const target = words.at(verb === "bootstrap" ? 0 : -1) ?? "";
const [domain, uid, label = ""] = target.split("/");
if (domain !== "gui" || !/^\d+$/.test(uid ?? "")) fail(64, `Unrecognized target specifier: ${target}`);
if (!hasSession && verb !== "print-disabled" && verb !== "enable") fail(125);

const disabled = read("disabled.json", {});
const verbs = { bootstrap, bootout, kickstart, print, enable: () => mark(false), disable: () => mark(true) };
if (verb === "print-disabled") printDisabled();
else if (verbs[verb] === undefined) fail(64, `Unrecognized subcommand: ${verb}`);
else await verbs[verb]();

function mark(isDisabled) {
  write("disabled.json", { ...disabled, [label]: isDisabled });
}

function printDisabled() {
  const lines = Object.entries(disabled).map(([name, isOff]) => `\t\t"${name}" => ${isOff ? "disabled" : "enabled"}\n`);
  process.stdout.write(`\n\tdisabled services = {\n${lines.join("")}\t}\n\tlogin item associations = {\n\t}\n`);
}

async function bootstrap() {
  const file = words[1] ?? "";
  if (!existsSync(file) || !statSync(file).isFile()) fail(5);
  if ((statSync(file).mode & 0o022) !== 0) fail(122);
  const keys = parsed(file);
  const known = jobOf(keys.Label);
  if (known !== undefined) fail(known.state.startsWith("SIG") ? 5 : 37);
  if (disabled[keys.Label] === true) fail(5);
  const path = join(folder, "jobs", `${keys.Label}.json`);
  // As `launchctl setenv` would say it to all jobs: where the machine of this test is.
  const machine = Object.entries(process.env).filter(([name]) => name.startsWith("LOOPD_INSTALL_"));
  const { HOME, USER, TMPDIR } = process.env;
  const inherited = { HOME, USER, TMPDIR, ...Object.fromEntries(machine) };
  const job = {
    file,
    command: keys.ProgramArguments,
    environment: {
      ...inherited,
      PATH: "/usr/bin:/bin:/usr/sbin:/sbin",
      XPC_SERVICE_NAME: keys.Label,
      ...keys.EnvironmentVariables,
    },
    folder: keys.WorkingDirectory,
    stderr: keys.StandardErrorPath,
    umask: keys.Umask,
    startsAtLoad: keys.RunAtLoad === true || keys.KeepAlive !== undefined,
    restartsOnFailure: keys.KeepAlive?.SuccessfulExit === false,
    throttleMs: (keys.ThrottleInterval ?? 10) * secondMs,
    exitMs: (keys.ExitTimeOut ?? 20) * secondMs,
  };
  const keeper = fileURLToPath(new URL("job-keeper.mjs", import.meta.url));
  spawn(process.execPath, [keeper, path, JSON.stringify(job)], { detached: true, stdio: "ignore" }).unref();
  while (!existsSync(path)) await new Promise((done) => setTimeout(done, 10));
}

function parsed(file) {
  try {
    const keys = createRequire(import.meta.url)("plist").parse(readFileSync(file, "utf8"));
    if (typeof keys.Label === "string" && Array.isArray(keys.ProgramArguments)) return keys;
  } catch {
    // Said below.
  }
  return fail(5);
}

function bootout() {
  const job = jobOf(label) ?? fail(3);
  process.kill(job.keeper, "SIGTERM");
  // Like the real one it does not wait for the process; but nobody sees the job as if nothing had happened.
  const path = join(folder, "jobs", `${label}.json`);
  while (existsSync(path) && jobOf(label)?.state === job.state)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}

async function kickstart() {
  const job = jobOf(label) ?? fail(113, `Could not find service "${label}" in domain for user gui: ${uid}`);
  const isAgain = words.includes("-k");
  if (job.state === "running" && !isAgain) return;
  process.kill(job.keeper, isAgain ? "SIGHUP" : "SIGUSR2");
  while ((jobOf(label)?.runs ?? Infinity) === job.runs) await new Promise((done) => setTimeout(done, 10));
}

function print() {
  if (label === "")
    return void process.stdout.write(`${target} = {\n\tjobs = ${readdirSync(join(folder, "jobs")).length}\n}\n`);
  const job =
    jobOf(label) ?? fail(113, `Bad request.\nCould not find service "${label}" in domain for user gui: ${uid}`);
  const lines = [
    `active count = ${job.pid === null ? 0 : 1}`,
    `path = ${job.file}`,
    "type = LaunchAgent",
    `state = ${job.state}`,
    "",
    `runs = ${job.runs}`,
    ...(job.pid === null ? [] : [`pid = ${job.pid}`]),
    `last exit code = ${job.lastExit ?? "(never exited)"}`,
  ];
  process.stdout.write(`${target} = {\n${lines.map((line) => (line === "" ? "\n" : `\t${line}\n`)).join("")}}\n`);
}
