import { onTestFinished } from "vitest";
import { removeFolder, startHelper, temporaryFolder, type TestHelper, type Witness, witness } from "./helper.ts";
import { type Behaviour, type ModelServer, startModelServer } from "./model-server.ts";

/** A whole turn's world: a real helper on a home of its own, a scripted model that it asks, a folder, and a face. */
export interface Journey {
  helper: TestHelper;
  face: Witness;
  server: ModelServer;
  workspace: string;
  /** Starts another helper on the same home, which must be free, and a face that follows it from the beginning. */
  restart(): Promise<{ helper: TestHelper; face: Witness }>;
}

/** Starts one; everything of it is gone when the test is. */
export async function journey(behaviour: Behaviour, options: JourneyOptions = {}): Promise<Journey> {
  const server = await startModelServer(behaviour);
  onTestFinished(() => server.close());
  const workspace = temporaryFolder("workspace");
  onTestFinished(() => removeFolder(workspace));
  const home = options.home ?? temporaryFolder("home");
  if (options.home === undefined) onTestFinished(() => removeFolder(home));
  const start = async () => {
    const helper = await startHelper(home, options.environment);
    onTestFinished(() => helper.kill());
    return { helper, face: await witness(helper) };
  };
  const { helper, face } = await start();
  const { key } = options;
  const auth = key === undefined ? ("none" as const) : ("x-api-key" as const);
  // So large that no journey is about it unless it says so.
  const common = { dialect: "anthropic" as const, model: "m", trust: "local" as const, window: 200_000 };
  const profile = { ...common, url: server.url, auth };
  await face.connection.request("endpoint.add", { name: "test", profile, key, use: true });
  return { helper, face, server, workspace, restart: start };
}

/** `home`: a folder that the test itself removes. `key`: what the endpoint asks for. */
interface JourneyOptions {
  home?: string;
  environment?: Record<string, string>;
  key?: string;
}
