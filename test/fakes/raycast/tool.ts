import { existsSync } from "node:fs";
import { join } from "node:path";
import { type LaunchOptions } from "./launch.ts";
import { readManifest, settle } from "./manifest.ts";
import type { HostMethods, RealmMethods, Start } from "./messages.ts";
import { talk } from "./peer.ts";
import { seatInProcess } from "./seat.ts";
import { createStorage } from "./storage.ts";

/** What Raycast's AI shows before it runs a tool that wants to be confirmed. */
interface Confirmation {
  style?: string;
  message?: string;
  image?: unknown;
  info?: { name: string; value?: string }[];
}

/** A tool as Raycast's AI has it: first the confirmation, then the run. Each in a process of its own. */
export interface Tool {
  /** Undefined where the tool asks for none. */
  confirmation(): Promise<Confirmation | undefined>;
  /** What the tool answers to the AI. Rejects with its error. */
  run(): Promise<unknown>;
}

/** A built tool of the manifest with the input the AI gives it. */
export function openTool(
  options: Pick<LaunchOptions, "name" | "dist" | "preferences" | "assetsPath" | "env"> & { input?: unknown },
): Tool {
  const { name, dist, env = {}, input } = options;
  const manifest = readManifest(dist);
  const declared = manifest.tools?.find((tool) => tool.name === name);
  if (declared === undefined) throw new Error(`The manifest has no tool "${name}".`);
  const file = join(dist, "tools", `${name}.js`);
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run raycast:build".`);
  const given = [...(manifest.preferences ?? []), ...(declared.preferences ?? [])];
  const { values, missing } = settle(given, options.preferences ?? {});
  if (missing.length > 0) throw new Error(`Raycast would ask for ${missing.join(", ")} first.`);
  const environment: Start["environment"] = {
    ...{ raycastVersion: "1.104.0", ownerOrAuthorName: manifest.owner ?? manifest.author },
    ...{ extensionName: manifest.name, commandName: name, commandMode: "no-view", launchType: "userInitiated" },
    ...{ assetsPath: options.assetsPath ?? join(dist, "assets"), supportPath: join(dist, "support") },
    ...{ isDevelopment: false, appearance: "dark", theme: "dark", textSize: "medium" },
  };
  const start: Start = {
    ...{ mode: "no-view", environment, props: {}, preferences: values, clipboard: undefined },
    ...{ local: {}, cache: {}, commands: Object.fromEntries(manifest.commands.map((each) => [each.name, each.mode])) },
  };
  const call = (what: "confirmation" | "default") => callTool({ file, env, start, what, input });
  return { confirmation: () => call("confirmation") as Promise<Confirmation | undefined>, run: () => call("default") };
}

async function callTool(call: {
  file: string;
  env: NodeJS.ProcessEnv;
  start: Start;
  what: "confirmation" | "default";
  input: unknown;
}): Promise<unknown> {
  const seat = seatInProcess(call.file, call.env);
  const storage = createStorage();
  try {
    return await new Promise<unknown>((resolve, reject) => {
      seat.onEnd((how) => reject(new Error(`The tool's process ended by itself (${how}).`)));
      const methods: Partial<HostMethods> = {
        failed: (message, stack) => reject(Object.assign(new Error(message), { stack })),
        surroundings: () => ({}),
        stored: (kind, values) =>
          Object.entries(values).forEach(([name, value]) => storage[kind].set(name, value as never)),
      };
      talk<RealmMethods>(seat.link, methods).tool(call.start, call.what, call.input).then(resolve, reject);
    });
  } finally {
    seat.kill();
  }
}
