import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Listening, listenTo } from "../../helper-daemon/endpoints/stream-contract-socket.ts";
import { removeFolder, startHelper, temporaryFolder, type TestHelper, type Witness, witness } from "../helper.ts";
import { type Behaviour, type ModelServer, startModelServer } from "../model-server.ts";
import { MAIL, PHONE, WORD } from "./random-model.ts";

/** Endpoints of every such home, all of them one server: what each is called there is its model's name too. */
export const ENDPOINTS = {
  near: { dialect: "anthropic", trust: "local" },
  far: { dialect: "anthropic", trust: "remote" },
  other: { dialect: "openai", trust: "remote" },
  plain: { dialect: "openai", trust: "local" },
} as const;
export type EndpointName = keyof typeof ENDPOINTS;

/** A home with a helper that is killed now and then, a face and somebody who listens from each start on. */
export interface World {
  home: string;
  workspace: string;
  server: ModelServer;
  face: Witness;
  /** What was heard in each life of the helper. */
  lives: Listening[];
  /** How many requests had arrived when `WORD` became private. */
  wordAfter: number;
  /** kill -9, then a new helper on the same home. */
  killAndRestart(): Promise<void>;
  /** Has the person's own word be private from now on. */
  keepWordPrivate(): void;
}

/** `window`: what the endpoints declare, in tokens. */
export async function startWorld(behaviour: Behaviour, window: number): Promise<World> {
  const server = await startModelServer(behaviour);
  onTestFinished(() => server.close());
  const [home, workspace] = [temporaryFolder("home"), temporaryFolder("workspace")];
  onTestFinished(() => removeFolder(home));
  onTestFinished(() => removeFolder(workspace));
  fill(workspace);
  const configure = (words: readonly string[]) => configureHome(home, server.url, window, words);
  configure([]);
  let helper: TestHelper = await startHelper(home);
  onTestFinished(() => helper.kill());
  const first = await listenTo(helper);
  const world: World = {
    ...{ home, workspace, server, face: await witness(helper), lives: [first], wordAfter: Infinity },
    async killAndRestart() {
      await helper.kill();
      helper = await startHelper(home);
      world.lives.push(await listenTo(helper));
      world.face = await witness(helper);
    },
    keepWordPrivate() {
      configure([WORD]);
      world.wordAfter = Math.min(world.wordAfter, server.requests.length);
    },
  };
  return world;
}

function fill(workspace: string): void {
  writeFileSync(join(workspace, "a.txt"), `mail ${MAIL} or call ${PHONE}\n`);
  writeFileSync(join(workspace, "b.txt"), `nothing private but ${WORD}\n`);
  const lines = Array.from({ length: 600 }, (_, index) => `line ${index} of a long file about nothing, for ${MAIL}`);
  writeFileSync(join(workspace, "long.txt"), lines.join("\n"));
}

function configureHome(home: string, url: string, window: number, words: readonly string[]): void {
  const common = { url, auth: "none", window };
  const endpoints = Object.entries(ENDPOINTS).map(([model, how]) => [model, { ...common, model, ...how }]);
  const config = {
    endpoints: Object.fromEntries(endpoints) as object,
    endpoint: "near",
    rules: [{ id: "soon", when: { tool: "files_edit" }, decision: "requiresApproval", expiresIn: "1s" }],
    limits: { maxSteps: 5, maxDenials: 3 },
    redaction: { words },
    sandbox: { mode: "off" },
    environment: { who: { enum: ["guest", "owner"], default: "guest" } },
  };
  writeFileSync(join(home, "config.json"), JSON.stringify(config), { mode: 0o600 });
}
