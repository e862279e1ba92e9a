// Keeps one job as launchd and systemd do: starts it, starts it again after a failure and not after an exit with 0, ends it.
//   node job-keeper.mjs STATE-FILE JOB-AS-JSON
// SIGTERM ends the job for good, SIGUSR2 starts it unless it runs, SIGHUP ends its process and starts it again.
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const [stateFile, text] = process.argv.slice(2);
const job = JSON.parse(text);
const state = { keeper: process.pid, file: job.file, state: "not running", runs: 0, pid: null, lastExit: null };
let child;
let isEnding = false;
let isRestarting = false;
let respawn;
let limit;

function publish() {
  if (!existsSync(dirname(stateFile))) process.exit(0);
  writeFileSync(`${stateFile}.new`, JSON.stringify(state));
  renameSync(`${stateFile}.new`, stateFile);
}

function start() {
  clearTimeout(respawn);
  const startedAt = Date.now();
  if (job.umask !== undefined) process.umask(job.umask);
  let stderr;
  try {
    stderr = job.stderr === undefined ? "ignore" : openSync(job.stderr, "a");
  } catch {
    return ended(78, null, startedAt);
  }
  const [program, ...words] = job.command;
  child = spawn(program, words, {
    cwd: job.folder ?? "/",
    env: job.environment,
    detached: true,
    stdio: ["ignore", "ignore", stderr],
  });
  if (typeof stderr === "number") closeSync(stderr);
  state.runs++;
  state.state = "running";
  state.pid = child.pid ?? null;
  publish();
  child.once("error", () => ended(78, null, startedAt));
  child.once("exit", (code, signal) => ended(code, signal, startedAt));
}

function ended(code, signal, startedAt) {
  const group = child?.pid;
  child = undefined;
  clearTimeout(limit);
  Object.assign(state, { pid: null, state: "not running", lastExit: signal ?? code });
  if (group !== undefined) sendTo(-group, "SIGKILL");
  if (isEnding) return finish();
  if (isRestarting) {
    isRestarting = false;
    return start();
  }
  if (job.restartsOnFailure && code !== 0) {
    state.state = "spawn scheduled";
    respawn = setTimeout(start, Math.max(0, job.throttleMs - (Date.now() - startedAt)));
  }
  publish();
}

function end() {
  if (child === undefined) return false;
  state.state = "SIGTERMed";
  publish();
  sendTo(child.pid, "SIGTERM");
  const { pid } = child;
  limit = setTimeout(() => sendTo(pid, "SIGKILL"), job.exitMs);
  return true;
}

function finish() {
  rmSync(stateFile, { force: true });
  process.exit(0);
}

function sendTo(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone.
  }
}

process.on("SIGTERM", () => {
  isEnding = true;
  clearTimeout(respawn);
  if (!end()) finish();
});
process.on("SIGHUP", () => {
  isRestarting = true;
  if (end()) return;
  isRestarting = false;
  start();
});
process.on("SIGUSR2", () => {
  if (child === undefined) start();
});
// A test that was killed leaves no keeper behind.
setInterval(() => {
  if (existsSync(dirname(stateFile))) return;
  if (child !== undefined) sendTo(-child.pid, "SIGKILL");
  process.exit(0);
}, 1000);
if (job.startsAtLoad) start();
publish();
