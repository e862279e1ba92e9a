import type { Command } from "commander";
import type { EndpointRow } from "../../protocol/config.ts";
import type { Connection } from "../../protocol/connect.ts";
import type { FoundEndpoint } from "../../protocol/endpoint-profile.ts";
import { adoptEndpoint, isNewEndpoint, portsFrom } from "../adopt-endpoint.ts";
import { addCommand, endpointLine, foundLine } from "../present/endpoint.ts";
import { openPrompt } from "./card-prompt.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson, say } from "./print.ts";

const NOTHING = "nothing";

/** `loopd endpoints detect`. */
export function addDetect(endpoints: Command): void {
  endpoints
    .command("detect")
    .description("Look for model runtimes on usual ports of this machine; nothing is used before you agree.")
    .option("--ports <a,b>", "look at these ports instead (also: LOOPD_DETECT_PORTS)")
    .option("--json", "print JSON, and ask nothing")
    .addHelpText(
      "after",
      examples("loopd endpoints detect", "loopd endpoints detect --ports 5001,8081") +
        "\n\nOnly GET requests leave, without credentials and without a prompt.",
    )
    .action(detect);
}

async function detect({ ports, json }: { ports?: string; json?: boolean }): Promise<void> {
  const chosen = portsFrom(ports, "--ports") ?? portsFrom(process.env.LOOPD_DETECT_PORTS, "LOOPD_DETECT_PORTS");
  const { found } = await withHelper((connection) => connection.request("endpoint.detect", { ports: chosen }));
  if (json === true) return printJson(found.map((one) => ({ ...one, command: addCommand(one) })));
  if (found.length === 0) {
    const where = chosen === undefined ? "the usual ports" : chosen.join(", ");
    return print(
      `No model runtime answers on ${where} of this machine. Start one, or add it: loopd endpoints add NAME --url URL --model MODEL --use`,
    );
  }
  const fresh = found.filter(isNewEndpoint);
  for (const one of found) print(isNewEndpoint(one) ? `${foundLine(one)}\n  ${addCommand(one)}` : foundLine(one));
  if (fresh.length === 0) return;
  if (!isAtTerminal()) return say("Nothing was added. If you know what listens there, run one of the commands above.");
  const row = await confirmed(fresh, "Add one and ask it from now on?", "Add none");
  if (row !== undefined) print(endpointLine(row));
}

/**
 * Where no model is connected and one runs on this machine: offers it once in a terminal, else prints the command that
 * would add it. Never adds without a person's word.
 */
export async function offerDetected(mayAsk: "ask" | "tell"): Promise<void> {
  const ports = portsFrom(process.env.LOOPD_DETECT_PORTS, "LOOPD_DETECT_PORTS");
  const isOffer = mayAsk === "ask" && isAtTerminal();
  const found = await withHelper(async (connection) => {
    const { endpoint } = await connection.request("helper.status", {});
    if (endpoint !== "rehearsal") return [];
    return (await connection.request("endpoint.detect", { ports, isOffer })).found.filter(isNewEndpoint);
  });
  const [first] = found;
  if (first === undefined) return;
  if (!isOffer) return say(`${foundLine(first)}. If that is yours, connect it: ${addCommand(first)}`);
  const row = await confirmed(found, "No model is connected, but one seems to run here. Use it?", "No, rehearse");
  if (row !== undefined) say(endpointLine(row));
}

function isAtTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks once which one to add; adds it, uses it, and finds out what it can do. Undefined: none. */
async function confirmed(found: FoundEndpoint[], message: string, none: string): Promise<EndpointRow | undefined> {
  const prompt = await openPrompt(new AbortController().signal);
  const options = found.map((one, index) => ({ value: String(index), label: foundLine(one) }));
  const picked = await prompt.select(message, [...options, { value: NOTHING, label: none }], undefined);
  const one = picked === undefined ? undefined : found[Number(picked)];
  return one === undefined ? undefined : withHelper((connection) => adopt(connection, one));
}

async function adopt(connection: Connection, found: FoundEndpoint): Promise<EndpointRow> {
  const onAdded = () => say(`Added ${found.name}. Asking it a few short questions …`);
  const { endpoint, problem } = await adoptEndpoint(connection.request, found, onAdded);
  if (problem !== undefined) say(problem.message);
  return endpoint;
}
