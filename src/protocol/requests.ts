import * as z from "zod";
import { cardAnswerSchema, grantRequestSchema, stepAnsweredSchema, stepAnswerSchema } from "./card-answer.ts";
import { configRuleSchema, menuBarLinkSchema } from "./config.ts";
import {
  endpointChangesSchema,
  endpointProfileSchema,
  endpointRowSchema,
  foundEndpointSchema,
  headersSchema,
  keptEndpointSchema,
  proxyLoginSchema,
} from "./endpoint-profile.ts";
import { folderRowSchema } from "./install.ts";
import { FACE, limit, method, none, text } from "./method.ts";
import { cardRowSchema, checkSchema, helperStatusSchema, vaultRowSchema } from "./rows.ts";
import { routineMethods } from "./routine-methods.ts";
import { screenMethods } from "./screen.ts";
import { ruleTestParamsSchema, ruleTestSchema } from "./rule-test.ts";
import { toolMethods } from "./tool-methods.ts";
import { traceMethods } from "./trace-methods.ts";
import { turnMethods } from "./turn-methods.ts";
import { ruleSchema } from "./values.ts";

export type { Caller } from "./method.ts";
export { topicSchema } from "./tool-methods.ts";
export { MAX_PROMPT_CHARACTERS, type TurnRequest } from "./turn-request.ts";
export type {
  CardRow,
  Check,
  FileUndo,
  HelperStatus,
  McpServerRow,
  MemoryNote,
  OpenTurnRow,
  SearchHit,
  SessionRow,
  ToolRow,
  TurnRow,
  TurnState,
} from "./rows.ts";

/** Raised when an older peer could misread what a newer one sends. A mismatch is refused at `hello`. */
export const PROTOCOL_VERSION = 1;

const helloSchema = z.object({
  protocolVersion: z.number().int(),
  token: z.string(),
  client: z.string(),
});

/** Every method of the socket. The server's table has one handler each. */
export const methods = {
  ...turnMethods,
  ...traceMethods,
  ...toolMethods,
  ...screenMethods,
  ...routineMethods,
  hello: method(
    helloSchema,
    z.object({ protocolVersion: z.number(), version: z.string(), pid: z.number(), home: z.string() }),
    FACE,
  ),
  "card.list": method(
    /** `after`: the id of the last card of the page before. */
    z.object({ session: text.optional(), after: text.optional(), all: z.boolean().default(false), limit }),
    z.object({ cards: z.array(cardRowSchema), isEnd: z.boolean() }),
    FACE,
  ),
  "card.show": method(z.object({ cardId: text }), z.object({ card: cardRowSchema }), FACE),
  "card.resolve": method(cardAnswerSchema, z.object({ card: cardRowSchema }), FACE),
  /** Answers every approval of a step at once: either all of them are recorded or none. */
  "card.resolve-step": method(stepAnswerSchema, stepAnsweredSchema, FACE),
  "grant.add": method(grantRequestSchema, z.object({ rule: ruleSchema }), FACE),
  "rule.list": method(none, z.object({ rules: z.array(ruleSchema), problem: z.string().optional() }), FACE),
  "rule.add": method(z.object({ rule: configRuleSchema }), z.object({ rule: ruleSchema }), FACE),
  /** A rule of the config by its id, or a grant. */
  "rule.remove": method(z.object({ id: text }), z.object({ rule: ruleSchema }), FACE),
  "rule.test": method(ruleTestParamsSchema, ruleTestSchema, FACE),
  "endpoint.list": method(none, z.object({ endpoints: z.array(endpointRowSchema) }), FACE),
  "endpoint.show": method(z.object({ name: text }), z.object({ endpoint: endpointRowSchema }), FACE),
  "endpoint.add": method(
    z.object({
      name: text,
      profile: endpointProfileSchema,
      key: z.string().min(1).optional(),
      headers: headersSchema.optional(),
      /** `user:password` for the profile's proxy. */
      proxyLogin: proxyLoginSchema.optional(),
      use: z.boolean().default(false),
    }),
    z.object({ endpoint: endpointRowSchema }),
    FACE,
  ),
  "endpoint.set": method(
    z.object({
      name: text,
      changes: endpointChangesSchema,
      key: z.string().min(1).optional(),
      /** Those that are named replace what was there; an empty one is taken back. */
      headers: headersSchema.optional(),
      proxyLogin: proxyLoginSchema.optional(),
    }),
    z.object({ endpoint: endpointRowSchema }),
    FACE,
  ),
  /**
   * A profile as the preferences of a face have it: added, or changed where it is there already. What is absent, the key
   * too, is taken back; what preferences do not know (headers, certificates, …) stays as it was.
   */
  "endpoint.keep": method(keptEndpointSchema, z.object({ endpoint: endpointRowSchema }), FACE),
  /** Asks the endpoint what it can do, with a few short requests, and keeps the answers with source and date. */
  "endpoint.probe": method(z.object({ name: text }), z.object({ endpoint: endpointRowSchema }), FACE),
  /**
   * Looks for model runtimes on usual ports of this machine, or on these. Sends no credential and no prompt. `isOffer`:
   * leaves out what was offered to the person before.
   */
  "endpoint.detect": method(
    z.object({
      ports: z.array(z.number().int().min(1).max(65_535)).min(1).max(32).optional(),
      isOffer: z.boolean().default(false),
    }),
    z.object({ found: z.array(foundEndpointSchema) }),
    FACE,
  ),
  "endpoint.use": method(z.object({ name: text }), z.object({ endpoint: endpointRowSchema }), FACE),
  "endpoint.remove": method(z.object({ name: text }), none, FACE),
  "vault.list": method(
    z.object({ session: text.optional(), isRevealed: z.boolean().default(false) }),
    z.object({ values: z.array(vaultRowSchema) }),
    FACE,
  ),
  /** Placeholders, those of a session and its forks, or all: they resolve to nothing from now on. */
  "vault.forget": method(
    z.object({ ids: z.array(text).optional(), session: text.optional(), isAll: z.boolean().default(false) }),
    z.object({ forgotten: z.number() }),
    FACE,
  ),
  "helper.doctor": method(none, z.object({ checks: z.array(checkSchema) }), FACE),
  "helper.status": method(z.object({ disk: z.boolean().default(false) }), helperStatusSchema, FACE),
  "helper.stop": method(none, none, FACE),
  /** Looks into Desktop, Documents and Downloads, so that macOS asks the person for them now; answers when it was answered. */
  "helper.folders": method(none, z.object({ folders: z.array(folderRowSchema) }), FACE),
  /** Has the helper tell Raycast's menu bar of cards by opening this address, or (`null`) no longer. */
  "helper.menu-bar": method(z.object({ link: menuBarLinkSchema.nullable() }), none, FACE),
} as const;

type Methods = typeof methods;
export type MethodName = keyof Methods;
export type ParamsOf<M extends MethodName> = z.input<Methods[M]["params"]>;
export type ParsedParamsOf<M extends MethodName> = z.output<Methods[M]["params"]>;
export type ResultOf<M extends MethodName> = z.output<Methods[M]["result"]>;
/** Methods that a running tool may call. */
export type ToolMethod = {
  [M in MethodName]: "tool" extends Methods[M]["callers"][number] ? M : never;
}[MethodName];
