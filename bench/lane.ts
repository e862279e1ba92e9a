import { once } from "node:events";
import { startProgram } from "./child-program.ts";
import type { FromLane, LaneSetup, ToLane } from "./lane-process.ts";

/** A loop in a process of its own. */
export interface Lane {
  /** Runs one turn to its end and resolves with the model's last text. */
  turn(): Promise<string>;
  stop(): Promise<void>;
}

/** A loop that does not stop by itself is killed after this many ms. */
const STOP_MS = 20_000;

/** Starts the program of a lane and waits until its loop is ready. */
export async function startLane(name: string, program: URL, setup: LaneSetup): Promise<Lane> {
  const child = startProgram(program, []);
  const exited = once(child, "exit");
  const answer = (): Promise<FromLane> =>
    Promise.race([
      once(child, "message").then(([message]) => message as FromLane),
      exited.then(([code]): FromLane => ({ type: "failed", message: `its process ended with ${String(code)}` })),
    ]);
  const ask = async (message: ToLane): Promise<string> => {
    const reply = answer();
    child.send(message);
    const said = await reply;
    if (said.type === "failed") throw new Error(`The loop ${name} failed: ${said.message}`);
    return said.type === "done" ? said.text : "";
  };
  const stop = async () => {
    const guard = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    if (child.connected) child.disconnect();
    await exited;
    clearTimeout(guard);
  };
  try {
    await ask({ type: "setup", setup });
  } catch (error) {
    await stop();
    throw error;
  }
  return { turn: () => ask({ type: "turn" }), stop };
}
