import { connect } from "node:net";
import { REHEARSAL_ENDPOINT } from "../../src/protocol/config.ts";
import type { Check } from "../../src/protocol/requests.ts";
import type { Profiles } from "../endpoints/profiles.ts";

const LIMIT_MS = 3_000;

/** Whether something listens where the active endpoint, or the proxy before it, is said to be. Sends nothing: a key is for requests alone. */
export async function endpointCheck(profiles: Profiles): Promise<Check> {
  const name = "endpoint";
  const active = profiles.active();
  if (active === REHEARSAL_ENDPOINT) {
    const detail = "The rehearsal model answers, which is no AI.";
    return {
      name,
      state: "warning",
      detail,
      mend: "loopd endpoints add NAME --url URL --dialect anthropic --model MODEL --use",
    };
  }
  const { url, proxy, window = 0, usableWindow } = profiles.show(active);
  const { hostname, port, protocol } = new URL(proxy ?? url);
  const place = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || (protocol === "https:" ? 443 : 80) };
  const problem = await reach(place);
  const where = proxy === undefined ? url : `the proxy ${proxy}`;
  if (problem === undefined && usableWindow.tokens < window) {
    const { tokens } = usableWindow;
    const detail = `${active} listens at ${where}, but holds ${tokens} tokens, not the ${window} declared; loopd keeps to ${tokens}.`;
    const mend = `load the model with a larger context, then, or if it is to stay so: loopd endpoints set ${active} --window N`;
    return { name, state: "warning", detail, mend };
  }
  if (problem === undefined) return { name, state: "ok", detail: `${active} listens at ${where}` };
  const detail = `Nothing answers for ${active} at ${where} (${problem}).`;
  return { name, state: "failed", detail, mend: `start that server, or: loopd endpoints set ${active} --url URL` };
}

function reach(place: { host: string; port: number }): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(place);
    const end = (problem: string | undefined) => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(LIMIT_MS, () => end(`no answer in ${LIMIT_MS / 1000} s`));
    socket.once("connect", () => end(undefined));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
