import type { LaunchRequest } from "./messages.ts";
import type { Manifest } from "./manifest.ts";

/**
 * What a deeplink asks for, if it names a command of this extension: `raycast://extensions/AUTHOR/EXTENSION/COMMAND` with
 * `launchType`, `arguments` and `context` (JSON) and `fallbackText`.
 */
export function readDeeplink(target: string, manifest: Manifest): LaunchRequest | undefined {
  if (!URL.canParse(target)) return undefined;
  const url = new URL(target);
  if (!/^raycast(internal|-x)?:$/.test(url.protocol)) return undefined;
  const [, ...parts] = [url.host, ...url.pathname.split("/").filter(Boolean)].map(decodeURIComponent);
  const [author, extension, name = ""] = parts;
  if (url.host !== "extensions" || extension !== manifest.name) return undefined;
  if (author !== (manifest.owner ?? manifest.author)) return undefined;
  const read = (key: string) => {
    const text = url.searchParams.get(key);
    return text === null ? null : (JSON.parse(text) as Record<string, never>);
  };
  return {
    name,
    launchType: url.searchParams.get("launchType") ?? "userInitiated",
    arguments: read("arguments"),
    context: read("context"),
    fallbackText: url.searchParams.get("fallbackText"),
  };
}
