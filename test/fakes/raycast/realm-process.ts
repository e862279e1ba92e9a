// Runs one built command. The host is the parent; its messages come over the channel that Node opens for a child.
import { loadBundle } from "./bundle.ts";
import type { Link } from "./peer.ts";
import { openRealm } from "./realm.ts";

const [file = ""] = process.argv.slice(2);
const link: Link = {
  post: (message) => void process.send?.(message),
  listen: (listener) => void process.on("message", listener),
};
let complainAll: (text: string) => void = (text) => {
  throw new Error(text);
};
openRealm(link, (api, complain) => {
  complainAll = complain;
  return loadBundle(file, api, complain);
});
process.on("unhandledRejection", (reason) => complainAll(`Nobody caught this: ${words(reason)}`));
process.on("uncaughtException", (error) => complainAll(`Nobody caught this: ${words(error)}`));
// Whoever closes the host closes its commands.
process.on("disconnect", () => process.exit());

function words(reason: unknown): string {
  return reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
}
