import type { EndpointProfile } from "../../src/protocol/config.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import { keySchema } from "./secrets-file.ts";

/**
 * A profile that this version can use. Keys are strict in what they mean: given with `auth: none`, a key could never
 * be sent, so the dialect's own header is chosen.
 * @throws LoopdError `usage`
 */
export function checkedProfile(profile: EndpointProfile, key: string | undefined): EndpointProfile {
  if (profile.dialect !== "anthropic") {
    throw new LoopdError(
      "usage",
      "The openai dialect comes later; this version speaks anthropic. Use --dialect anthropic.",
    );
  }
  const url = new URL(profile.url);
  if (url.username !== "" || url.password !== "") {
    throw new LoopdError(
      "usage",
      "The address must not hold a password, because addresses are shown. Give the key with --key-stdin.",
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw new LoopdError("usage", `The address must end with its path, without "${url.search}${url.hash}".`);
  }
  const auth = key !== undefined && profile.auth === "none" ? "x-api-key" : profile.auth;
  return { ...profile, auth };
}

/** A key as it was read from a terminal or a file, without the line's end. @throws LoopdError `usage` */
export function checkedKey(key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  const parsed = keySchema.safeParse(key.trim());
  if (parsed.success) return parsed.data;
  throw new LoopdError("usage", "The key is not one: a key is printable ASCII without spaces. Copy it again.");
}
