import type { Check } from "../src/protocol/requests.ts";
import { VERSION } from "../src/protocol/version.ts";
import { endpointCheck } from "./doctor/endpoint-check.ts";
import { screenCheck } from "./doctor/screen-check.ts";
import { databaseCheck, diskCheck, homeCheck } from "./doctor/home-checks.ts";
import { listedCheck, programChecks, sandboxCheck, serverChecks } from "./doctor/tool-checks.ts";
import { vaultCheck } from "./doctor/vault-check.ts";
import type { Profiles } from "./endpoints/profiles.ts";
import type { Home } from "./home.ts";
import type { ToolWorld } from "./tool-world.ts";
import type { Vault } from "./vault/vault.ts";

/** What the examination looks at. */
export interface DoctorOptions {
  home: Home;
  profiles: Profiles;
  tools: Pick<ToolWorld, "sandbox" | "catalogue" | "servers" | "screens" | "environment">;
  vault: Pick<Vault, "isUnused" | "list">;
  platform: NodeJS.Platform;
}

/** Looks at everything that loopd needs from this machine; every finding that is not ok says how to mend it. */
export async function examine({ home, profiles, tools, vault, platform }: DoctorOptions): Promise<Check[]> {
  const looks: { name: string; look: () => Check | Check[] | Promise<Check | Check[]> }[] = [
    { name: "helper", look: helperCheck },
    { name: "home", look: () => homeCheck(home) },
    { name: "disk", look: () => diskCheck(home) },
    { name: "database", look: () => databaseCheck(home) },
    { name: "vault", look: () => vaultCheck(home, vault) },
    { name: "configuration", look: () => configurationCheck(profiles) },
    { name: "endpoint", look: () => endpointCheck(profiles) },
    { name: "sandbox", look: () => sandboxCheck(tools) },
    { name: "tools", look: () => listedCheck(tools, profiles.config()) },
    { name: "mcp", look: () => serverChecks(tools) },
    { name: "screen", look: () => screenCheck(tools, platform) },
    { name: "programs", look: () => programChecks(tools.environment, platform) },
  ];
  const found = await Promise.all(
    looks.map(async ({ name, look }): Promise<Check | Check[]> => {
      try {
        return await look();
      } catch (thrown) {
        const detail = `This could not be looked at: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
        return { name, state: "failed", detail, mend: "loopd helper logs" };
      }
    }),
  );
  return found.flat();
}

function helperCheck(): Check {
  return {
    name: "helper",
    state: "ok",
    detail: `process ${process.pid}, version ${VERSION}, Node ${process.versions.node}`,
  };
}

function configurationCheck(profiles: Profiles): Check {
  const problem = profiles.lastProblem();
  if (problem === undefined) return { name: "configuration", state: "ok", detail: "config.json is valid" };
  const detail = `${problem.message} Until then the last valid one counts.`;
  return {
    name: "configuration",
    state: "failed",
    detail,
    mend: "mend config.json; its schema is docs/schema/config.schema.json",
  };
}
