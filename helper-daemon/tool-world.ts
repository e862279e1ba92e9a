import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { openScreens, type Screens } from "../src/ax-helper/screens.ts";
import type { Config } from "../src/protocol/config.ts";
import type { SessionId } from "../src/protocol/values.ts";
import { type Catalogue, createCatalogue } from "../src/tools/catalogue.ts";
import type { Place } from "../src/tools/define-tool.ts";
import { realPathOf } from "../src/tools/files/real-path.ts";
import { createMcpServers, type McpServers } from "../src/tools/mcp/mcp-servers.ts";
import { protectedPathsOf } from "../src/tools/protected-paths.ts";
import { createSandbox } from "../src/tools/sandbox/create-sandbox.ts";
import type { Sandbox } from "../src/tools/sandbox/sandbox.ts";
import { createFileTaints } from "./file-taints.ts";
import type { Home } from "./home.ts";
import type { Log } from "./logs.ts";
import type { Logins } from "./routines/logins.ts";
import type { Blobs } from "./store/blobs.ts";
import type { Store } from "./store/open-store.ts";

/** What the tools are wired to. */
export interface ToolWorldOptions {
  home: Home;
  store: Store;
  blobs: Blobs;
  log: Log;
  config: () => Config;
  environment: NodeJS.ProcessEnv;
}

/** All that the model can call, and where its calls happen. */
export interface ToolWorld {
  catalogue: Catalogue;
  servers: McpServers;
  sandbox: Sandbox;
  screens: Screens;
  /** Variables of the helper. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Real path of the person's home folder. */
  person: string;
  /** Real paths that no tool may touch. */
  protectedPaths: readonly string[];
  /** Tells the person outside of every face. Never throws, and is not waited for. */
  notify(title: string, text: string): void;
  /** Names of the person's logins that last, in a boot of the machine; undefined where nobody can tell just now. */
  logins: Logins;
  placeOf(session: SessionId): Place;
  /** Where a call without a session would happen. */
  placeAt(workspace: string, session?: SessionId): Place;
  /** Marks (`LOOPD_CALL`) of processes that outlive their calls, so that what an earlier helper left can be ended. */
  marks(): string[];
  /** Ends every process of a tool that outlives its calls. */
  close(): Promise<void>;
}

/** Joins catalogue, connected servers and sandbox to the helper. */
export async function createToolWorld(options: ToolWorldOptions): Promise<ToolWorld> {
  const { home, store, blobs, log, config, environment } = options;
  const person = await realPathOf(homedir());
  const protectedPaths = await protectedPathsOf({ home: person, loopdHome: home.folder, platform: process.platform });
  const sandboxMark = `sandbox-${createHash("sha256").update(home.folder).digest("hex").slice(0, 12)}`;
  const sandbox = createSandbox({
    settings: () => config().sandbox,
    platform: process.platform,
    environment,
    mark: sandboxMark,
  });
  const servers = createMcpServers({
    servers: () => config().mcpServers,
    cacheFolder: join(home.folder, "mcp"),
    environment,
    log: (level, fields, message) => log[level](fields, message),
  });
  const catalogue = createCatalogue({
    connected: servers.tools,
    limits: () => config().limits,
    listed: () => config().tools.listed,
  });
  const screens = openScreens({ platform: process.platform, architecture: process.arch, environment });
  const fileTaints = createFileTaints(store.taints);
  const placeOf = (session: SessionId): Place => placeAt(store.lists.session(session).workspace, session);
  const placeAt = (workspace: string, session = ""): Place => ({
    workspace,
    home: person,
    protectedPaths,
    get outputBytes() {
      return config().limits.toolOutputBytes;
    },
    get allowedPrivateHosts() {
      return config().web.allowedPrivateHosts;
    },
    environment,
    platform: process.platform,
    sandbox,
    get screen() {
      return screens.of(session);
    },
    saveBlob: blobs.save,
    saveBlobFile: blobs.saveFile,
    describeSchedule: async (when, zone) =>
      (await import("./routines/schedule-preview.ts")).schedulePreview(when, zone, Date.now()),
    readBlob: blobs.read,
    sourcesOf: fileTaints.of,
    sourcesOfBlob: store.taints.ofBlob,
  });
  const close = async () => {
    await Promise.all([servers.close(), sandbox.close(), screens.screen.close()]);
  };
  const marks = () => [...servers.marks(), sandboxMark];
  let loginsOf: Promise<Logins> | undefined;
  const logins: Logins = async (boot) => {
    loginsOf ??= import("./routines/logins.ts").then((one) =>
      one.createLogins({ platform: process.platform, environment }),
    );
    return (await loginsOf)(boot);
  };
  const notify = (title: string, text: string) =>
    void import("./routines/notices.ts").then(({ showNotice }) =>
      showNotice({ platform: process.platform, environment, home: person, log }, title, text),
    );
  const places = { person, protectedPaths, placeOf, placeAt };
  return { catalogue, servers, sandbox, screens, environment, ...places, notify, logins, marks, close };
}
