import { type EndpointProfile, endpointProfileSchema, REHEARSAL_ENDPOINT } from "../../src/protocol/config.ts";
import type { RehearsalServer } from "./rehearsal-server.ts";

/** The built-in endpoint, which costs nothing until the first turn asks it. */
export interface RehearsalEndpoint {
  /** Starts the server at the first call. Undefined for every other name. */
  resolve(name: string): Promise<{ profile: EndpointProfile; key: string } | undefined>;
  close(): Promise<void>;
}

/** Makes the endpoint; nothing listens yet. */
export function createRehearsalEndpoint(): RehearsalEndpoint {
  let server: Promise<RehearsalServer> | undefined;
  return {
    resolve: async (name) => {
      if (name !== REHEARSAL_ENDPOINT) return undefined;
      // Node's `http` brings all of its `fetch` and HTTP/2 along, which a start need not wait for.
      server ??= import("./rehearsal-server.ts").then(({ startRehearsal }) => startRehearsal());
      const { url, key } = await server;
      const profile = {
        dialect: "anthropic",
        url,
        model: REHEARSAL_ENDPOINT,
        auth: "bearer",
        trust: "local",
        slots: 16,
      };
      return { profile: endpointProfileSchema.parse(profile), key };
    },
    close: async () => {
      await (await server)?.close();
    },
  };
}
