import * as z from "zod";
import { defineTool } from "../define-tool.ts";
import { addressSchema, hostOf, visibleAddress } from "../web/web-address.ts";
import { runDesktop } from "./platform/run-desktop.ts";

const input = z.object({ url: addressSchema(["https", "http", "mailto"]) });

/** Opens an address in the person's own browser or mail program, where they are signed in; nothing comes back from it. */
export const openUrl = defineTool<z.output<typeof input>>({
  name: "open_url",
  group: "system",
  effect: "network",
  isIdempotent: false,
  timeLimit: 30_000,
  description: "Open a web page or mailto: for the person, in their browser or mail program. To read one: web_fetch.",
  input,
  examples: [{ url: "https://example.com/" }],
  inspect: async ({ url }) => ({ domains: domainsOf(url), preview: visibleAddress(url) }),
  async run({ url }, context) {
    const end = await runDesktop(context, (desktop) => desktop.openUrl(url));
    if (end.type !== "done") return { text: end.why, isError: true };
    return { text: "Opened for the person." };
  },
});

/** A mail goes to the hosts of its receivers, all of them. */
function domainsOf(url: string): string[] {
  const { protocol, pathname, searchParams } = new URL(url);
  if (protocol !== "mailto:") return [hostOf(url)];
  const fields = [...searchParams].filter(([name]) => /^(to|cc|bcc)$/i.test(name)).map(([, value]) => value);
  const receivers = [decoded(pathname), ...fields].join(",").split(/[,;]/);
  const hosts = receivers.flatMap((one) => /@([^\s@>]+)/.exec(one)?.[1] ?? []);
  return [...new Set(hosts.map((host) => host.toLowerCase().replace(/\.$/, "")))];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
