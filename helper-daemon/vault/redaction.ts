import { createHash, randomBytes } from "node:crypto";
import type { Config } from "../../src/protocol/config.ts";
import type { EntryDraft } from "../../src/protocol/entries.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { SessionId } from "../../src/protocol/values.ts";
import { HOME_SESSION } from "../rules.ts";
import type { VaultRoot, VaultTable } from "../store/vault-table.ts";
import { type Codec, createCodec } from "./codec.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { lostPlaceholder, NONCE_LENGTH, placeholderOf } from "./placeholder.ts";
import { redactDraft } from "./redact-draft.ts";
import { openVaultKey, type VaultKey } from "./vault-key.ts";

/** What redaction works on. */
export interface RedactionOptions {
  table: VaultTable;
  /** Path of the key file. Made when the first private value is met. */
  keyFile: string;
  config: () => Config;
  /** Trust of an endpoint by its name. */
  trustOf(endpoint: string): "local" | "remote";
}

/** One session's share in the vault. */
export interface SessionRedaction {
  ledger: Ledger;
  codec: Codec;
  /** Changes with everything that would make the same text come out differently. */
  fingerprint: string;
}

/** Which sessions are redacted, and how their values are found again. */
export interface Redaction {
  /** Undefined: this session is not redacted now. @throws LoopdError `home-unusable` where there is no usable key. */
  of(session: SessionId): SessionRedaction | undefined;
  /** The same for a request to this endpoint, which may be the first reason to redact the session. */
  forEndpoint(session: SessionId, endpoint: string): SessionRedaction | undefined;
  /** Whether no request has gone out under this redaction yet. */
  isNew(session: SessionId, fingerprint: string): boolean;
  /**
   * From now on the last line of defence looks for everything that is known by now, because requests begin anew anyway.
   */
  beginAnew(session: SessionId): SessionRedaction | undefined;
  /** Drafts as they are kept; their values are durable when it returns. */
  drafts(drafts: readonly EntryDraft[]): readonly EntryDraft[];
  /** What a token stands for, wherever it came from; words where its value is gone, undefined where there is no such token. */
  resolve(token: string): string | undefined;
  /** The same for the placeholders of one session and its forks only. */
  resolveIn(session: SessionId, token: string): string | undefined;
  /** Every placeholder that stands for exactly this value, over all sessions. */
  placeholdersOf(value: string): string[];
  /** Nothing was ever replaced in this home. */
  isUnused(): boolean;
  /** The key; undefined where it cannot be used. */
  key(): VaultKey | undefined;
  /** Drops what is in memory, after the table has changed under it. */
  refresh(): void;
}

const MOST_LEDGERS = 16;
const MOST_RESOLVED = 2_000;
/** Letters and digits that no tokenizer splits oddly and nobody mistakes for one another. */
const ALPHABET = "abcdefghjkmnpqrstvwxyz23456789";

/** The redaction of a home. Costs a look-up per record while it is off. */
export function createRedaction({ table, keyFile, config, trustOf }: RedactionOptions): Redaction {
  let opened: VaultKey | undefined;
  let isUnused = table.isEmpty();
  const roots = new Map<SessionId, VaultRoot | undefined>();
  const ledgers = new Map<string, Ledger>();
  const codecs = new Map<string, { fingerprint: string; seeded: number; codec: Codec }>();
  const resolved = new Map<string, string>();

  const key = (): VaultKey => (opened ??= openVaultKey(keyFile));
  /** To show what there is, a key that cannot be used is as good as none. */
  const usableKey = (): VaultKey | undefined => {
    try {
      return key();
    } catch (thrown) {
      if (thrown instanceof LoopdError) return undefined;
      throw thrown;
    }
  };
  const rootOf = (session: SessionId): VaultRoot | undefined => {
    if (isUnused) return undefined;
    if (!roots.has(session)) {
      if (roots.size > 1_000) roots.clear();
      roots.set(session, table.rootOf(session));
    }
    return roots.get(session);
  };
  const join = (session: SessionId): VaultRoot => {
    const known = rootOf(session);
    if (known !== undefined) return known;
    key();
    while (!table.addRoot(session, freshNonce()));
    isUnused = false;
    roots.delete(session);
    return join(session);
  };
  const ledgerOf = (root: VaultRoot): Ledger => {
    const ledger = ledgers.get(root.root) ?? openLedger(table, key(), root);
    if (!ledgers.has(root.root) && ledgers.size >= MOST_LEDGERS) {
      // What is new in a ledger is durable before its record is, so none is lost between two.
      const [oldest = ""] = ledgers.keys();
      ledgers.get(oldest)?.commit();
      ledgers.delete(oldest);
      codecs.delete(oldest);
    }
    ledgers.set(root.root, ledger);
    return ledger;
  };
  const sessionOf = (root: VaultRoot): SessionRedaction => {
    const ledger = ledgerOf(root);
    const { redaction } = config();
    const known = codecs.get(root.root);
    const fingerprint = `${fingerprintOf(redaction)}.${ledger.forgotten()}`;
    if (known?.fingerprint === fingerprint && known.seeded === root.seeded)
      return { ledger, codec: known.codec, fingerprint };
    const { kinds, words } = redaction;
    const codec = createCodec({ ledger, kinds, words, seeded: root.seeded });
    codecs.set(root.root, { fingerprint, seeded: root.seeded, codec });
    return { ledger, codec, fingerprint };
  };
  const of = (session: SessionId): SessionRedaction | undefined => {
    const { mode } = config().redaction;
    if (mode === "off" || session === "") return undefined;
    // What a person grants for always may name what is private in some session.
    const isOn = mode === "on" || rootOf(session) !== undefined || (session === HOME_SESSION && !isUnused);
    return isOn ? sessionOf(join(session)) : undefined;
  };
  const forEndpoint = (session: SessionId, endpoint: string): SessionRedaction | undefined => {
    if (config().redaction.mode === "auto" && trustOf(endpoint) === "remote") join(session);
    return of(session);
  };
  const resolve = (token: string): string | undefined => {
    const held = [...ledgers.values()].find(({ nonce }) => token.endsWith(nonce))?.valueOf(token);
    if (held !== undefined) return held;
    const known = resolved.get(token);
    const row = known !== undefined || isUnused ? undefined : table.get(token);
    if (row === undefined) return known;
    if (row.sealed === null) return lostPlaceholder(token, "forgotten");
    const value = usableKey()?.open(row.sealed, token);
    if (value === undefined) return lostPlaceholder(token, "key lost");
    if (resolved.size > MOST_RESOLVED) resolved.clear();
    resolved.set(token, value);
    return value;
  };

  return {
    of,
    forEndpoint,
    isNew: (session, fingerprint) => rootOf(session)?.settings !== fingerprint,
    beginAnew: (session) => {
      const now = of(session);
      const root = rootOf(session);
      if (now === undefined || root === undefined) return now;
      now.ledger.commit();
      table.setSettings(root.root, now.fingerprint, now.ledger.count());
      roots.clear();
      return of(session);
    },
    drafts: (drafts) => {
      const touched = new Set<Ledger>();
      const kept = drafts.map((draft) => {
        const { session } = draft;
        const origin = originOf(draft);
        const from = origin === undefined ? undefined : rootOf(origin);
        if (from !== undefined) {
          table.addSession(session, from.root);
          roots.delete(session);
        }
        // The session's own beginning is recorded together with its first turn.
        const first = drafts.find((one) => one.kind === "turn.started" && one.session === session);
        const redaction = first?.kind === "turn.started" ? forEndpoint(session, first.data.endpoint) : of(session);
        if (redaction === undefined) return draft;
        // A title may end in the middle of what the input gives away.
        if (draft.kind === "session.created" && first?.kind === "turn.started") redaction.codec.learn(first.data.input);
        touched.add(redaction.ledger);
        return redactDraft(draft, redaction.codec);
      });
      for (const ledger of touched) ledger.commit();
      return kept;
    },
    resolve,
    resolveIn: (session, token) => {
      const root = rootOf(session);
      return root !== undefined && token.endsWith(`:${root.nonce}`) ? resolve(token) : undefined;
    },
    placeholdersOf: (value) =>
      isUnused ? [] : table.byMark(key().mark(value)).map(({ token }) => placeholderOf(token)),
    isUnused: () => isUnused,
    key: usableKey,
    refresh: () => {
      for (const ledger of ledgers.values()) ledger.commit();
      for (const map of [roots, ledgers, codecs, resolved]) map.clear();
    },
  };
}

/** The session whose private values a new one shares: what it was forked from, or what delegates to it. */
function originOf(draft: EntryDraft): SessionId | undefined {
  if (draft.kind === "session.created") return draft.data.from?.session;
  return draft.kind === "session.forked" ? draft.data.from : undefined;
}

const fingerprints = new WeakMap<object, string>();

/** Tells one way of redacting from another; found out once for each version of the config. */
function fingerprintOf(redaction: Config["redaction"]): string {
  const { kinds, words } = redaction;
  const known = fingerprints.get(redaction);
  const found =
    known ??
    createHash("sha256")
      .update(JSON.stringify([kinds, words]))
      .digest("hex")
      .slice(0, 16);
  fingerprints.set(redaction, found);
  return found;
}

function freshNonce(): string {
  return Array.from(randomBytes(NONCE_LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
