import * as z from "zod";
import { ruleMistakes } from "./check-rule.ts";
import { configMistakes } from "./config-mistakes.ts";
import { endpointNameSchema, endpointProfileSchema } from "./endpoint-profile.ts";
import { LoopdError } from "./errors.ts";
import { environmentSchema, hookListSchema } from "./hooks.ts";
import { ruleSchema } from "./values.ts";

export {
  type EndpointChanges,
  endpointNameSchema,
  type EndpointProfile,
  endpointProfileSchema,
  type EndpointRow,
  UNSAVED_PREFIX,
} from "./endpoint-profile.ts";

/** Name of the built-in endpoint that is no AI: it answers a handful of requests by script. */
export const REHEARSAL_ENDPOINT = "rehearsal";

const limitMs = z.number().int().min(10).max(86_400_000);

/** Limits, all with defaults; times in milliseconds of awake time. */
export const limitsSchema = z.strictObject({
  /** Tools that only touch loopd's own state or read files. */
  internalMs: limitMs.default(10_000),
  mcpMs: limitMs.default(120_000),
  otherMs: limitMs.default(300_000),
  /** Overrides by tool name. */
  tools: z.record(z.string(), limitMs).default({}),
  /** Model requests per turn, the closing answer not counted. */
  maxSteps: z.number().int().min(1).max(10_000).default(20),
  /** Denied calls per turn; a model that asks for ever for what it does not get ends there. */
  maxDenials: z.number().int().min(1).max(10_000).default(10),
  /** Responses in a row whose calls are all wrong and come back with words that help; one more and the turn ends. */
  maxCorrections: z.number().int().min(0).max(10_000).default(3),
  /** Tokens per turn, in and out, as far as the endpoint reports them. Absent: no limit. */
  maxTokens: z.number().int().min(1).optional(),
  /** Cost per turn in US dollars, by `prices`. Absent: no limit. */
  maxCostUsd: z.number().positive().optional(),
  /** Wall time per turn in milliseconds, waiting for people included. Absent: no limit. */
  maxTurnMs: z.number().int().min(1_000).optional(),
  /** Corrective attempts per turn, over all validators of its answer. */
  maxValidations: z.number().int().min(0).max(100).default(3),
  maxOutputTokens: z.number().int().min(16).max(1_000_000).default(4096),
  /** A model's answer of which nothing comes for so long is given up; signs of life alone make it ten times as long. */
  streamIdleMs: limitMs.default(120_000),
  /** Attempts per model request, the first included. */
  requestAttempts: z.number().int().min(1).max(20).default(4),
  /** Calls that only read and run at the same time, of one step. */
  parallelReads: z.number().int().min(1).max(64).default(8),
  /** Delegates of one step that work at the same time. */
  parallelDelegates: z.number().int().min(1).max(64).default(3),
  /** Delegates of one turn in all: each has steps of its own, so the steps of the turn alone would not end them. */
  maxDelegates: z.number().int().min(1).max(1_000).default(20),
  /** Bytes of tool output that reach the model; the rest goes to a blob. */
  toolOutputBytes: z.number().int().min(256).max(1_000_000).default(16_384),
});
export type Limits = z.infer<typeof limitsSchema>;

/** What an MCP server may be called; the name becomes part of its tools' names. */
export const mcpNameSchema = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]|_(?!_)){0,31}$/i,
    "letters, digits, dash, single underscore; at most 32, the first a letter or digit",
  );

/** One entry of `mcpServers`, in the shape that other programs use too. `${VAR}` is expanded from the helper's environment. */
export const mcpServerSchema = z
  .strictObject({
    /** Program to start; then `url` is absent. */
    command: z.string().min(1).optional(),
    args: z.array(z.string()).default([]),
    env: z.record(z.string(), z.string()).default({}),
    cwd: z.string().optional(),
    /** Address of a running server: http(s) for streamable HTTP, ws(s) for WebSocket. */
    url: z.string().min(1).optional(),
    type: z.enum(["stdio", "http", "sse", "ws"]).optional(),
    headers: z.record(z.string(), z.string()).default({}),
    disabled: z.boolean().default(false),
    /** Awake time of one call; progress restarts it. Default: `limits.mcpMs`. */
    timeLimitMs: limitMs.optional(),
    /** What the server says about its tools (read-only, idempotent) counts, and its read-only tools need no approval. */
    trust: z.boolean().default(false),
    /** Names (without the server's), `*` at the end for all that begin so. Absent: all. */
    allow: z.array(z.string()).optional(),
    deny: z.array(z.string()).default([]),
    /** Whether its tools are in every prompt; otherwise the model finds them with `find_tools`. */
    listed: z.union([z.boolean(), z.array(z.string())]).default(false),
  })
  .refine(({ command, url }) => (command === undefined) !== (url === undefined), { error: "either command or url" });
export type McpServerConfig = z.infer<typeof mcpServerSchema>;

/** A host that commands may reach: a name, `*.` before one of at least two parts, or an address; `:port` narrows it. */
export const hostGrantSchema = z
  .string()
  .max(300)
  .regex(
    /^(?:localhost|\[[0-9a-f:.]+\]|(?:\*\.(?=[^.]+\.[^.]))?[a-z0-9_-]+(?:\.[a-z0-9_-]+)+)(?::[1-9]\d{0,4})?$/i,
    "a host such as registry.npmjs.org, *.example.com, 10.0.0.5 or [::1]; a port may follow",
  );

/** How commands are kept in their place. */
const sandboxSchema = z.strictObject({
  /** `auto`: wherever this machine can; `off`: never, so that every command asks. */
  mode: z.enum(["auto", "off"]).default("auto"),
  /** Hosts that every sandboxed command may reach without asking, such as `registry.npmjs.org` or `*.example.com`. */
  domains: z.array(hostGrantSchema).default([]),
});

/** What is looked for in whatever a model would read. `word`: the person's own words. */
export const redactionKindSchema = z.enum(["email", "phone", "card", "iban", "secret", "word"]);
export type RedactionKind = z.infer<typeof redactionKindSchema>;

/** What models never see: placeholders stand in its place, tools and the person get the real values. */
const redactionSchema = z.strictObject({
  /** `auto`: sessions that ask a remote endpoint, from then on. */
  mode: z.enum(["auto", "on", "off"]).default("auto"),
  /** Names and words that are private too, in any case. */
  words: z.array(z.string().trim().min(2).max(200)).max(1_000).default([]),
  kinds: z.array(redactionKindSchema).default([...redactionKindSchema.options]),
});

/** What becomes of sessions that nobody goes on with. */
const retentionSchema = z.strictObject({
  /** Sessions that did not change for so many days are deleted for good. */
  days: z.number().int().min(1).max(36_500).optional(),
  /** Absolute path of a folder that gets the trace of each before, as JSONL; what cannot be written is not deleted. */
  exportTo: z.string().startsWith("/", { error: "an absolute path" }).optional(),
  /** Those files hold private values too. */
  reveal: z.boolean().default(false),
});

/** US dollars per million tokens. */
const priceSchema = z.strictObject({
  input: z.number().min(0),
  /** Tokens read from the endpoint's cache. Absent: as `input`. */
  cached: z.number().min(0).optional(),
  output: z.number().min(0),
});

/** Address with which Raycast runs the menu bar command in the background: opened whenever a card is opened or answered. */
export const menuBarLinkSchema = z
  .string()
  .max(300)
  .regex(
    /^raycast[a-z-]*:\/\/extensions\/[\w.-]+\/[\w.-]+\/show-status\?launchType=background$/,
    "the address of Raycast's Show Status, such as raycast://extensions/loopd/loopd/show-status?launchType=background",
  );

/** A rule as a person writes it; its layer is always `config`. */
export const configRuleSchema = ruleSchema.omit({ layer: true, grant: true }).superRefine(({ when }, context) => {
  for (const { key, words } of ruleMistakes(when)) {
    context.addIssue({ code: "custom", path: ["when", key], message: words });
  }
});

const ruleListSchema = z.array(configRuleSchema).superRefine((rules, context) => {
  rules.forEach(({ id }, index) => {
    if (rules.findIndex((one) => one.id === id) === index) return;
    context.addIssue({ code: "custom", path: [index, "id"], message: "another rule has this id already" });
  });
});

/** `config.json` in the home. Absent file: all defaults. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  /** Name of the endpoint that is asked when a turn names none. */
  endpoint: z.string().optional(),
  endpoints: z.record(endpointNameSchema, endpointProfileSchema).default({}),
  rules: ruleListSchema.default([]),
  /** Programs and validators that are asked around every call and about every answer, in this order. */
  hooks: hookListSchema.default([]),
  /** Keys that a turn may set with `--env`, for rules, hooks and tools. */
  environment: environmentSchema.default({}),
  /** By name of the model, as requests name it. */
  prices: z.record(z.string(), priceSchema).default({}),
  mcpServers: z.record(mcpNameSchema, mcpServerSchema).default({}),
  sandbox: sandboxSchema.prefault({}),
  redaction: redactionSchema.prefault({}),
  tools: z
    .strictObject({
      /** Names of tools or groups that are in every prompt, instead of the default set. */
      listed: z.array(z.string()).optional(),
    })
    .prefault({}),
  web: z
    .strictObject({
      /** Hosts or addresses of this machine or the local network that `web_fetch` may reach all the same. */
      allowedPrivateHosts: z.array(z.string()).default([]),
    })
    .prefault({}),
  menuBar: menuBarLinkSchema.optional(),
  limits: limitsSchema.prefault({}),
  /** How long sessions are kept, unless `loopd sessions keep` says otherwise. Absent: for ever. */
  retention: retentionSchema.prefault({}),
});
export type Config = z.infer<typeof configSchema>;

/**
 * Parses the text of `config.json`.
 * @throws LoopdError `config-invalid`, naming the file, the key and what was expected there.
 */
export function parseConfig(text: string, file: string): Config {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new LoopdError(
      "config-invalid",
      `${file} is not valid JSON: ${(cause as Error).message}. Mend it and try again.`,
      {
        cause,
      },
    );
  }
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = configMistakes(value, parsed.error.issues);
  throw new LoopdError(
    "config-invalid",
    `${file} has ${issues.length} mistake(s): ${issues.join("; ")}. Mend it and try again.`,
  );
}
