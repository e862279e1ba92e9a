import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Link, linkedPair } from "./peer.ts";
import { type Load, openRealm } from "./realm.ts";

/** Types are stripped by Node itself, which would say so each time. */
const QUIET = ["--disable-warning=ExperimentalWarning", "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"];
const REALM = fileURLToPath(new URL("./realm-process.ts", import.meta.url));

/** Where one command runs. `kill` ends it at once, with everything it started and did not set free. */
export interface Seat {
  link: Link;
  pid: number | undefined;
  kill(): void;
  /** Calls back when it ends without having been killed. */
  onEnd(listener: (how: string) => void): void;
}

/** A process group of its own for a built file, as Raycast unloads a command. */
export function seatInProcess(file: string, environment: NodeJS.ProcessEnv): Seat {
  const child: ChildProcess = spawn(process.execPath, [...QUIET, REALM, file], {
    env: environment,
    detached: true,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "advanced",
  });
  let isKilled = false;
  child.on("error", (error) => {
    // Both ends may let go of the channel at the same moment.
    if (!isKilled) throw error;
  });
  return {
    pid: child.pid,
    link: {
      post: (message) => {
        if (child.connected) child.send(message as object, () => undefined);
      },
      listen: (listener) => void child.on("message", listener),
    },
    kill: () => {
      if (isKilled) return;
      isKilled = true;
      if (child.connected) child.disconnect();
      if (child.pid !== undefined) killGroup(child.pid);
    },
    onEnd: (listener) =>
      void child.once("exit", (code, signal) => {
        if (!isKilled) listener(String(code ?? signal));
      }),
  };
}

/** The host's own process, for a component that is no file. */
export function seatHere(load: Load): Seat {
  const [link, inner] = linkedPair();
  const realm = openRealm(inner, load);
  return { link, pid: undefined, kill: () => realm.unload(), onEnd: () => undefined };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}
