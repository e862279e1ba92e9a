import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { chmodSync, statSync } from "node:fs";
import writeFileAtomic from "write-file-atomic";
import { LoopdError } from "../../src/protocol/errors.ts";
import { readPrivateFile } from "../private-file.ts";

/** The one key of a home's vault. */
export interface VaultKey {
  /** Tells this key from another one without telling the key. */
  id: string;
  /** AES-256-GCM; only `open` with the same token finds the value again. */
  seal(value: string, token: string): Buffer;
  /** Undefined where the bytes were sealed with another key or for another token, or have been changed. */
  open(sealed: Buffer, token: string): string | undefined;
  /** Finds a value without opening any: HMAC-SHA256. */
  mark(value: string): Buffer;
}

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Reads the key file, readable by its owner alone; makes one where there is none.
 * @throws LoopdError `home-unusable` for a file that holds no key: it is never replaced, since it may be mended.
 */
export function openVaultKey(path: string): VaultKey {
  const text = readPrivateFile(path)?.trim() ?? created(path);
  if (!/^[0-9a-f]{64}$/.test(text)) {
    const words = `${path} holds no key, so nothing private can be replaced and nothing is sent. Put the right file back, or remove it: loopd then makes a new one, and what the old one sealed stays unreadable.`;
    throw new LoopdError("home-unusable", words);
  }
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  const master = Buffer.from(text, "hex");
  const derived = (purpose: string) => Buffer.from(hkdfSync("sha256", master, "", `loopd vault ${purpose}`, 32));
  const [values, marks] = [derived("values"), derived("marks")];
  return {
    id: createHmac("sha256", derived("id")).update("id").digest("hex").slice(0, 16),
    seal: (value, token) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, values, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(token));
      return Buffer.concat([nonce, cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]);
    },
    open: (sealed, token) => {
      try {
        const nonce = sealed.subarray(0, NONCE_BYTES);
        const decipher = createDecipheriv(CIPHER, values, nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(token)).setAuthTag(sealed.subarray(-TAG_BYTES));
        return decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
      } catch {
        return undefined;
      }
    },
    mark: (value) => createHmac("sha256", marks).update(value).digest(),
  };
}

function created(path: string): string {
  const text = randomBytes(32).toString("hex");
  try {
    writeFileAtomic.sync(path, `${text}\n`, { mode: 0o600 });
  } catch (cause) {
    const words = `loopd cannot write ${path}: ${(cause as Error).message}. Make the folder writable, or set LOOPD_HOME to another one.`;
    throw new LoopdError("home-unusable", words, { cause });
  }
  return text;
}
