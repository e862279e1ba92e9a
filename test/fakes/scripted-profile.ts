import type { EndpointProfile } from "../../src/protocol/endpoint-profile.ts";

/** Profile of a scripted model server on this machine, with a window so large that nothing is about it. */
export function scriptedProfile(url: string) {
  return {
    dialect: "anthropic",
    url,
    model: "scripted",
    trust: "local",
    window: 200_000,
  } satisfies Partial<EndpointProfile>;
}
