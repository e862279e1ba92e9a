import { stat } from "node:fs/promises";
import type { Check } from "../../src/protocol/requests.ts";
import type { Home } from "../home.ts";
import type { Vault } from "../vault/vault.ts";

/** Whether private values can be found again. Makes no key where there is none. */
export async function vaultCheck({ vaultKey }: Home, vault: Pick<Vault, "isUnused" | "list">): Promise<Check> {
  const name = "vault";
  if (vault.isUnused()) return { name, state: "ok", detail: "nothing private was ever replaced" };
  const file = await stat(vaultKey).catch(() => undefined);
  const mend = `put ${vaultKey} back from a copy of this home, then: loopd helper stop (the next command starts it)`;
  if (file === undefined) {
    const detail = `${vaultKey} is missing. Values that it sealed read (key lost), and the next private value gets a new key.`;
    return { name, state: "failed", detail, mend };
  }
  if ((file.mode & 0o077) !== 0) {
    const detail = `Other users of this machine can read ${vaultKey}.`;
    return { name, state: "failed", detail, mend: `chmod 600 '${vaultKey}'` };
  }
  const { values } = vault.list({ isRevealed: false });
  const kept = values.filter(({ state }) => state === "kept").length;
  const lost = values.filter(({ state }) => state === "unreadable").length;
  if (lost === 0) return { name, state: "ok", detail: `${kept} private values, all of which can be read` };
  const detail = `${lost} of ${kept + lost} private values were sealed with another key than the one in ${vaultKey}.`;
  return { name, state: "warning", detail, mend: `${mend}; or drop them with: loopd vault forget` };
}
