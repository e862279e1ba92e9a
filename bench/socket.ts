import { once } from "node:events";
import { createConnection } from "node:net";
import { join } from "node:path";
import { removeFolder, startHelper, temporaryFolder } from "../test/fakes/helper.ts";
import { startProgram } from "./child-program.ts";
import type { Figure } from "./figure.ts";
import { percentile } from "./statistics.ts";

const BLOCK = 100;
const WARM_UPS = 1_000;

/**
 * Round trips over the helper's socket, one at a time, each parsed by schema on both sides: `entries.unfollow`, which
 * does nothing at all, and `helper.status`, which asks the database and the system. Beside them a process that sends
 * lines of JSON back.
 */
export async function measureSocket(roundTrips: number): Promise<Figure[]> {
  const home = temporaryFolder("bench");
  const helper = await startHelper(home);
  const connection = await helper.connect();
  const echo = await startEcho(join(home, "echo.sock"));
  const bare: number[] = [];
  const nothing: number[] = [];
  const status: number[] = [];
  const asks: [number[], () => Promise<unknown>][] = [
    [
      bare,
      () => echo.roundTrip({ jsonrpc: "2.0", id: 1, method: "entries.unfollow", params: { subscription: "none" } }),
    ],
    [nothing, () => connection.request("entries.unfollow", { subscription: "none" })],
    [status, () => connection.request("helper.status", {})],
  ];
  try {
    for (let done = -WARM_UPS; done < roundTrips; done += BLOCK) {
      for (const [sample, ask] of asks) {
        const block = await timesOf(ask);
        if (done >= 0) sample.push(...block);
      }
    }
  } finally {
    connection.close();
    await Promise.all([helper.stop(), echo.stop()]);
    removeFolder(home);
  }
  const figure = (name: string, sample: number[], share: number): Figure => {
    const against = { name: "echo", value: percentile(bare, share) };
    return { name: `socket round trip, ${name}`, unit: "µs", loopd: percentile(sample, share), against };
  };
  const budget = { of: "value" as const, atMost: 100 };
  return [
    { ...figure("bare, p50", nothing, 0.5), budget },
    figure("bare, p99", nothing, 0.99),
    figure("helper.status, p50", status, 0.5),
    figure("helper.status, p99", status, 0.99),
  ];
}

/** Durations in µs. */
async function timesOf(ask: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < BLOCK; i++) {
    const begun = performance.now();
    await ask();
    times.push((performance.now() - begun) * 1000);
  }
  return times;
}

async function startEcho(path: string) {
  const child = startProgram(new URL(import.meta.resolve("./echo-server.ts")), [path]);
  await once(child, "message");
  const socket = createConnection(path).setEncoding("utf8");
  await once(socket, "connect");
  let rest = "";
  let answered: (value: unknown) => void = () => {};
  socket.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) answered(JSON.parse(line));
  });
  return {
    roundTrip: (frame: object): Promise<unknown> =>
      new Promise((resolve) => {
        answered = resolve;
        socket.write(`${JSON.stringify(frame)}\n`);
      }),
    stop: async () => {
      socket.destroy();
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
}
