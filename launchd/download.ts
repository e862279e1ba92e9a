import { createWriteStream } from "node:fs";
import http, { type AgentOptions, type IncomingMessage } from "node:http";
import https from "node:https";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Machine, runSystemProgram } from "./machine.ts";

const MOST_REDIRECTS = 5;
const PROXY_NAMES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

/** The most that a download may take. */
export interface DownloadLimits {
  bytes: number;
  milliseconds: number;
  /** Milliseconds without a byte after which it is given up; without it, only the whole is limited. */
  idleMs?: number;
}

/**
 * Fetches a URL into a file, through the proxy that the environment names, or else the system settings of macOS. Follows
 * redirects, but never from https to http. The file holds part of it where this throws.
 * @throws Error that says why, without the URL.
 */
export async function download(
  url: string,
  file: string,
  { bytes, milliseconds, idleMs }: DownloadLimits,
  machine: Machine,
  signal: AbortSignal,
): Promise<void> {
  const late = AbortSignal.timeout(milliseconds);
  const options = { proxyEnv: await proxiesOf(machine) } as AgentOptions;
  const agents = { "http:": new http.Agent(options), "https:": new https.Agent(options) };
  const idle = new AbortController();
  const ends = AbortSignal.any([signal, late, idle.signal]);
  const watch = idleMs === undefined ? undefined : setTimeout(() => idle.abort(), idleMs);
  try {
    const response = await open(new URL(url), agents, ends, MOST_REDIRECTS);
    const tooLarge = () => new Error(`it has more than ${bytes} bytes`);
    if (Number(response.headers["content-length"] ?? 0) > bytes) throw tooLarge();
    let taken = 0;
    const limit = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        watch?.refresh();
        taken += chunk.length;
        if (taken > bytes) done(tooLarge());
        else done(null, chunk);
      },
    });
    await pipeline(response, limit, createWriteStream(file), { signal: ends });
  } catch (error) {
    if (late.aborted) throw new Error(`it took longer than ${milliseconds / 1000} s`, { cause: error });
    if (idle.signal.aborted) throw new Error(`nothing came for ${(idleMs ?? 0) / 1000} s`, { cause: error });
    if ((error as NodeJS.ErrnoException).code === "ECONNRESET")
      throw new Error("the connection was cut before the end", { cause: error });
    throw error;
  } finally {
    clearTimeout(watch);
    for (const agent of Object.values(agents)) agent.destroy();
  }
}

type Agents = Readonly<Record<string, http.Agent | undefined>>;

async function open(url: URL, agents: Agents, signal: AbortSignal, redirects: number): Promise<IncomingMessage> {
  const agent = agents[url.protocol];
  if (agent === undefined) throw new Error(`${url.protocol} is no protocol for a download`);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const { get } = url.protocol === "https:" ? https : http;
    get(url, { agent, signal, headers: { "user-agent": "loopd" } }, resolve).once("error", reject);
  });
  const { statusCode = 0, headers } = response;
  if (statusCode === 200) return response;
  response.destroy();
  if (headers.location === undefined || statusCode < 300 || statusCode > 399)
    throw new Error(`the server answered ${statusCode}`);
  const next = new URL(headers.location, url);
  if (redirects === 0) throw new Error("it was redirected too often");
  if (url.protocol === "https:" && next.protocol !== "https:") throw new Error(`it was redirected to ${next.protocol}`);
  return open(next, agents, signal, redirects - 1);
}

/** The proxy settings of this machine, under the names that they have in an environment. */
async function proxiesOf(machine: Machine): Promise<Record<string, string>> {
  const named = PROXY_NAMES.flatMap((name) => {
    const value = machine.environment[name] ?? machine.environment[name.toLowerCase()];
    return value === undefined ? [] : [[name, value] as const];
  });
  if (named.length > 0) return Object.fromEntries(named);
  const { code, out } = await runSystemProgram(machine, "/usr/sbin/scutil", ["--proxy"]);
  return code === 0 ? parseProxies(out) : {};
}

/** What `scutil --proxy` prints: `HTTPSProxy : host`, and an array of hosts that are reached without. */
function parseProxies(text: string): Record<string, string> {
  const value = (name: string) => new RegExp(`^\\s*${name} : (.*)$`, "m").exec(text)?.[1]?.trim();
  const proxies = ["HTTP", "HTTPS"].flatMap((scheme) => {
    const host = value(`${scheme}Proxy`);
    const isOn = value(`${scheme}Enable`) === "1" && host !== undefined;
    return isOn ? [[`${scheme}_PROXY`, `http://${host}:${value(`${scheme}Port`) ?? "80"}`] as const] : [];
  });
  const exceptions = /ExceptionsList : <array> \{([^}]*)\}/.exec(text)?.[1] ?? "";
  const hosts = [...exceptions.matchAll(/^\s*\d+ : (.*)$/gm)].map(([, host = ""]) => host.trim());
  return Object.fromEntries([...proxies, ["NO_PROXY", hosts.join(",")] as const]);
}
