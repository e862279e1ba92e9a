import { setImmediate as pause } from "node:timers/promises";
import type { Config } from "../../src/protocol/config.ts";
import type { Entry } from "../../src/protocol/entries.ts";
import type { Block, Seq, SessionId } from "../../src/protocol/values.ts";
import type { EntryLog } from "../store/entry-log.ts";
import { type Codec, createCodec } from "../vault/codec.ts";
import type { Redaction } from "../vault/redaction.ts";
import { exportLedger } from "./export-ledger.ts";
import { type SecretInputs, secretInputs, withoutSecrets } from "./secret-fields.ts";

/** Pages of a session's entries as they may leave this machine. */
export interface Exporting {
  page(session: SessionId, after: Seq, limit: number): Promise<Entry[]>;
  /** The same entries as the loop reads them. */
  stored(session: SessionId, after: Seq, limit: number): Entry[];
  /** Drops what is in memory of private values. An export that is under way begins its placeholders anew. */
  forget(): void;
}

/** How many exports may go on at a time without beginning anew. */
const MOST_EXPORTS = 4;
/** Entries looked at before others get their turn. */
const BATCH = 50;

/** Exports what a log holds as it stands, with placeholders. */
export function createExporting(
  log: Pick<EntryLog, "page" | "all">,
  redaction: Pick<Redaction, "of">,
  config: () => Config,
): Exporting {
  const exports = new Map<SessionId, { codec: Codec; secrets: SecretInputs }>();
  const exportOf = async (session: SessionId, after: Seq) => {
    const known = exports.get(session);
    if (known !== undefined && after > 0) return known;
    const { kinds, words } = config().redaction;
    const ledger = exportLedger(session, redaction.of(session)?.ledger);
    const codec = createCodec({ ledger, kinds, words, seeded: Infinity });
    const entries = log.all(session, 0);
    // What any entry gives away is private in all of them, those before it too.
    for (const [index, { data }] of entries.entries()) {
      codec.json<object>(data, "model", "ours");
      if (index % BATCH === BATCH - 1) await pause();
    }
    const fresh = { codec, secrets: secretInputs(entries) };
    const [oldest] = exports.keys();
    if (oldest !== undefined && exports.size >= MOST_EXPORTS) exports.delete(oldest);
    exports.set(session, fresh);
    return fresh;
  };
  return {
    forget: () => exports.clear(),
    stored: (session, after, limit) => log.page(session, after, limit),
    page: async (session, after, limit) => {
      const { codec, secrets } = await exportOf(session, after);
      return log.page(session, after, limit).map((entry): Entry => {
        const bare = withoutSecrets(withBareThoughts(entry, codec, secrets), secrets);
        return { ...bare, data: codec.json<object>(bare.data, "model", "ours") } as Entry;
      });
    },
  };
}

/** Signed thoughts stay as they are wherever a model gets them again; an export goes to nobody who checks the signature. */
function withBareThoughts(entry: Entry, codec: Codec, secrets: SecretInputs): Entry {
  if (entry.kind !== "model.responded") return entry;
  const content = entry.data.content.map((block): Block => {
    if (block.type !== "thinking" || block.signature === undefined) return block;
    const isPrivate = codec.text(block.thinking, "model") !== block.thinking;
    const isSecret = [...secrets.texts].some((text) => block.thinking.includes(text));
    return isPrivate || isSecret ? { type: "thinking", thinking: block.thinking } : block;
  });
  return { ...entry, data: { ...entry.data, content } };
}
