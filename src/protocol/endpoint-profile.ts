import * as z from "zod";

/** What an endpoint may be called. */
export const endpointNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/i,
    "letters, digits, dot, dash, underscore; at most 64, the first a letter or digit",
  );

/** How names of endpoints begin that only the caller's `LOOPD_ENDPOINT_*` describe: they have no settings to change. */
export const UNSAVED_PREFIX = "unsaved-";

/** A header's name, other than those that say how a message is carried. */
const headerNameSchema = z
  .string()
  .max(100)
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/i, "a header's name, such as X-Organisation")
  .refine(
    (name) =>
      !/^(host|connection|content-(length|type|encoding)|transfer-encoding|te|upgrade|expect|keep-alive|proxy-.*)$/i.test(
        name,
      ),
    { error: "another header; loopd itself says how a message is carried" },
  );
/** Headers by name. Their values are kept like keys: in `secrets.json`, never shown again. */
export const headersSchema = z
  .record(
    headerNameSchema,
    z
      .string()
      .max(8192)
      .regex(/^[\x20-\x7e]*$/, "printable ASCII on one line"),
  )
  .refine((headers) => Object.keys(headers).length <= 32, { error: "at most 32 headers" });
/** `user:password` for a proxy. */
export const proxyLoginSchema = z
  .string()
  .max(1024)
  .regex(/^[^\p{Cc}:]+:\P{Cc}*$/u, "user:password");

const profileFields = {
  dialect: z.enum(["anthropic", "openai"]),
  url: z.url({ protocol: /^https?$/, error: "an http or https address such as http://127.0.0.1:8080" }),
  model: z.string().min(1),
  /** Context window in tokens, as declared by the person. */
  window: z.number().int().min(1024).optional(),
  auth: z.enum(["none", "x-api-key", "bearer"]),
  /** `local`: nothing leaves this machine. Later parts redact for `remote`. */
  trust: z.enum(["local", "remote"]),
  /** Value of the `anthropic-version` header. */
  apiVersion: z.string().regex(/^[\x21-\x7e]+$/, "a version such as 2023-06-01"),
  /** The model takes images. */
  vision: z.boolean(),
  /** How many requests the server works on at once. */
  slots: z.number().int().min(1).max(64),
  /** Further models at the same address: a fast one for small jobs, one that writes summaries. Absent: `model`. */
  models: z.strictObject({ fast: z.string().min(1).optional(), summariser: z.string().min(1).optional() }),
  /** Absolute path of a PEM file with certificates to trust besides those of the system. */
  ca: z.string().regex(/^\//, "an absolute path"),
  /** Proxy to go through. Its user and password are in `secrets.json`. */
  proxy: z
    .url({ protocol: /^https?$/, error: "an http or https address such as http://proxy.example:3128" })
    .refine((url) => !/^[a-z]+:\/*[^/?#]*@/i.test(url), {
      error:
        "a proxy without user and password: addresses are shown. loopd endpoints set NAME --proxy keeps those apart",
    }),
};

/** Where a model lives. The key is never part of it: keys are in `secrets.json`, by the profile's name. */
export const endpointProfileSchema = z.strictObject({
  ...profileFields,
  auth: profileFields.auth.default("none"),
  trust: profileFields.trust.default("remote"),
  apiVersion: profileFields.apiVersion.default("2023-06-01"),
  vision: profileFields.vision.default(false),
  slots: profileFields.slots.default(4),
  models: profileFields.models.optional(),
  ca: profileFields.ca.optional(),
  proxy: profileFields.proxy.optional(),
});
export type EndpointProfile = z.infer<typeof endpointProfileSchema>;

/** Changes to a profile. Absent means as it was: no default may fill in here, which `partial()` alone would do. */
export const endpointChangesSchema = z
  .strictObject({
    ...profileFields,
    /** `null`, here and in `models`, takes back what was said. */
    ca: profileFields.ca.nullable(),
    proxy: profileFields.proxy.nullable(),
    window: profileFields.window.nullable(),
    models: z.strictObject({ fast: z.string().min(1).nullish(), summariser: z.string().min(1).nullish() }),
  })
  .partial();
export type EndpointChanges = z.infer<typeof endpointChangesSchema>;

/** A profile as the preferences of a face have it. */
export const keptEndpointSchema = z.strictObject({
  name: z.string().min(1),
  profile: z.strictObject({
    dialect: profileFields.dialect,
    url: profileFields.url,
    model: profileFields.model,
    window: profileFields.window.optional(),
    trust: profileFields.trust,
  }),
  key: z.string().min(1).optional(),
  /** Whether it is asked from now on; a profile is asked anyway where the person has chosen none. */
  use: z.boolean(),
});
export type KeptEndpoint = z.infer<typeof keptEndpointSchema>;

/** One thing that was found out about an endpoint: what, by which means, and when (ISO wall time). */
const capabilitySchema = z.object({
  value: z.union([z.string(), z.number(), z.boolean()]),
  source: z.string(),
  at: z.string(),
});
/** What was found out about an endpoint, by name of the capability. */
export const capabilitiesSchema = z.record(z.string(), capabilitySchema);
export type Capabilities = z.infer<typeof capabilitiesSchema>;

/**
 * Tokens that a conversation may have there. `loaded`: the server was asked; `observed`: an error or its
 * count of a request told; `declared`: the person said so; else a guess.
 */
const usableWindowSchema = z.object({
  tokens: z.number(),
  source: z.enum(["loaded", "observed", "declared", "assumed"]),
  /** When the server was asked. */
  at: z.string().optional(),
});
export type UsableWindow = z.infer<typeof usableWindowSchema>;

/** How well tokens are estimated for a model, learnt from the usage that it reports. */
const countingSchema = z.object({
  model: z.string(),
  /** Tokens = bytes / 3.5 × this. */
  factor: z.number(),
  /** Mean error of the last estimates, as a share of what was reported. */
  error: z.number(),
  requests: z.number(),
});
export type Counting = z.infer<typeof countingSchema>;

/** A profile as a person sees it: never with its secrets, only whether there are any. */
export const endpointRowSchema = endpointProfileSchema.extend({
  name: z.string(),
  hasKey: z.boolean(),
  isActive: z.boolean(),
  /** Names of the further headers that it sends. */
  headers: z.array(z.string()),
  hasProxyLogin: z.boolean(),
  usableWindow: usableWindowSchema,
  capabilities: capabilitiesSchema,
  counting: z.array(countingSchema),
});
export type EndpointRow = z.infer<typeof endpointRowSchema>;

/** A model runtime that answered on this machine. */
export const foundEndpointSchema = z.object({
  /** `llama-server`, `Ollama`, `LM Studio`, `vLLM`, or `unknown` for a server that only lists models. */
  runtime: z.string(),
  url: z.string(),
  /** A free name for it. */
  name: z.string(),
  dialect: endpointProfileSchema.shape.dialect,
  /** Those that could be asked, the loaded one first. */
  models: z.array(z.string()),
  /** Window of the first one, as it is loaded. */
  window: z.number().optional(),
  /** Endpoints that are there already and have this address. */
  knownAs: z.array(z.string()),
});
export type FoundEndpoint = z.infer<typeof foundEndpointSchema>;
