import { domainToUnicode } from "node:url";
import * as z from "zod";
import { visibleText } from "../visible-text.ts";

/** Schema of an address with one of these schemes. What it gives is the address as the standard writes it. */
export function addressSchema(schemes: readonly string[]): z.ZodType<string> {
  return z
    .string()
    .trim()
    .min(1)
    .max(8192)
    .transform((text, check) => {
      const why = refusalOf(text, schemes);
      if (why === undefined) return new URL(text).href;
      check.issues.push({ code: "custom", message: why, input: text });
      return z.NEVER;
    });
}

function refusalOf(text: string, schemes: readonly string[]): string | undefined {
  if (!URL.canParse(text)) return "a whole address such as https://example.com/page";
  const { protocol, username, password, hostname, searchParams } = new URL(text);
  if (!schemes.includes(protocol.slice(0, -1))) return `an address that begins with ${schemes.join(": or ")}:`;
  if (username !== "" || password !== "") return "an address without a user name and password in it";
  if (protocol.startsWith("http")) return hostname === "" ? "an address with a host" : undefined;
  // Some mail programs would attach a file that the address names.
  const isPlain = [...searchParams.keys()].every((name) => /^(to|cc|bcc|subject|body|in-reply-to)$/i.test(name));
  return isPlain ? undefined : "a mail with nothing but to, cc, bcc, subject and body";
}

/** The host of an address, one spelling for each: lower case, no brackets, no dot at the end. */
export function hostOf(address: string): string {
  return new URL(address).hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

/** An address for a person to judge: international names as they are really spelled, with their letters behind. */
export function visibleAddress(address: string): string {
  const host = hostOf(address);
  const letters = domainToUnicode(host);
  const line = visibleText(address);
  return letters === "" || letters === host ? line : `${line}\n(${host} is shown as ${visibleText(letters)})`;
}

/** Whether two hosts are one site: the same name, at most with `www.` before one of them. */
export function isSameSite(one: string, other: string): boolean {
  return one === other || one === `www.${other}` || other === `www.${one}`;
}
