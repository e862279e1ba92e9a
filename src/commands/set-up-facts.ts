import type { Connection } from "../protocol/connect.ts";
import { REHEARSAL_ENDPOINT } from "../protocol/config.ts";
import { asLoopdError } from "../protocol/errors.ts";
import type { SetUpFacts } from "./present/set-up-items.ts";

/** What the helper knows of how far a person has come. Asks nobody for a permission. */
export async function loadFacts(request: Connection["request"]): Promise<SetUpFacts> {
  const [{ endpoints }, { sessions }, screen] = await Promise.all([
    request("endpoint.list", {}),
    request("session.list", { limit: 1 }),
    loadScreen(request),
  ]);
  const active = endpoints.find(({ isActive }) => isActive);
  const isRehearsing = active === undefined || active.name === REHEARSAL_ENDPOINT;
  const endpoint = isRehearsing ? undefined : { name: active.name, model: active.model };
  return { endpoint, screen, hasAsked: sessions.length > 0 };
}

async function loadScreen(request: Connection["request"]): Promise<SetUpFacts["screen"]> {
  try {
    return await request("screen.permissions", {});
  } catch (thrown) {
    const { code, message } = asLoopdError(thrown);
    if (code === "connection-closed" || code === "helper-unreachable") throw thrown;
    return { isTrusted: false, how: message };
  }
}
