import * as z from "zod";
import type { Json } from "../../src/protocol/values.ts";

/** A number of tokens, and which field of which answer it stood in. */
interface ToldWindow {
  tokens: number;
  source: string;
}

/** What a runtime tells of itself without being asked to generate anything. */
export interface RuntimeReport {
  /** `unknown`: it lists models, and no more is known of it. */
  runtime: "llama-server" | "Ollama" | "LM Studio" | "vLLM" | "unknown";
  /** Models that could be asked, those in memory first. */
  models: string[];
  /** What is really there for a conversation. Absent: the model is not in memory, or the runtime does not say. */
  loaded?: ToldWindow;
  /** What the model could do at most; more than what is loaded, often by far. */
  claimed?: ToldWindow;
  slots?: number;
  vision?: boolean;
}

/** The JSON of a path, or undefined for any other answer. With a body it is posted. */
export type Ask = (path: string, body?: object) => Promise<Json | undefined>;

const tokens = z.int().min(256).max(100_000_000);
const name = z.string().min(1).max(300);
const list = <T extends z.ZodType>(item: T) => z.array(item).max(5_000);

const propsSchema = z.object({
  default_generation_settings: z.object({ n_ctx: tokens }),
  total_slots: z.int().min(1).max(64).optional().catch(undefined),
  modalities: z.object({ vision: z.boolean() }).optional().catch(undefined),
});
const versionSchema = z.object({ version: z.string().max(100) });
const runningSchema = z.object({
  models: list(z.object({ name, context_length: tokens.optional().catch(undefined) })),
});
const tagsSchema = z.object({ models: list(z.object({ name })) });
const showSchema = z.object({
  model_info: z.record(z.string(), z.unknown()).optional().catch(undefined),
  capabilities: z.array(z.string()).optional().catch(undefined),
});
const studioSchema = z.object({
  data: list(
    z.object({
      id: name,
      type: z.string(),
      state: z.string(),
      loaded_context_length: tokens.optional().catch(undefined),
      max_context_length: tokens.optional().catch(undefined),
    }),
  ),
});
const modelsSchema = z.object({
  data: list(
    z.object({
      id: name,
      max_model_len: tokens.optional().catch(undefined),
      context_length: tokens.optional().catch(undefined),
      context_window: tokens.optional().catch(undefined),
      max_input_tokens: tokens.optional().catch(undefined),
      meta: z
        .object({ n_ctx_train: tokens.optional().catch(undefined) })
        .optional()
        .catch(undefined),
    }),
  ),
});

/**
 * Identifies a runtime by the shape of its answers and reads what it says of `model`; without a model, of the one that is
 * loaded. Undefined where no answer is one of a runtime. Nothing is generated.
 */
export async function lookAtRuntime(ask: Ask, model: string | undefined): Promise<RuntimeReport | undefined> {
  const [props, version, running, studio, models] = await Promise.all([
    ask("/props").then((value) => propsSchema.safeParse(value).data),
    ask("/api/version").then((value) => versionSchema.safeParse(value).data),
    ask("/api/ps").then((value) => runningSchema.safeParse(value).data),
    ask("/api/v0/models").then((value) => studioSchema.safeParse(value).data),
    ask("/v1/models").then((value) => modelsSchema.safeParse(value).data),
  ]);
  const listed = (models?.data ?? []).map(({ id }) => id);
  if (props !== undefined) return llamaServer(props, models?.data[0], listed);
  if (version !== undefined && running !== undefined) return ollama(ask, running, model);
  if (
    studio !== undefined &&
    studio.data.length > 0 &&
    studio.data.every(({ state }) => /^(not-)?loaded$|^loading$/.test(state))
  )
    return lmStudio(studio, model);
  if (models === undefined) return undefined;
  const chosen = models.data.find(({ id }) => model === undefined || id === model);
  const { max_model_len: served } = chosen ?? {};
  if (served !== undefined)
    return { runtime: "vLLM", models: listed, loaded: { tokens: served, source: "/v1/models max_model_len" } };
  const claim = chosen?.max_input_tokens ?? chosen?.context_length ?? chosen?.context_window;
  const claimed = claim === undefined ? {} : { claimed: { tokens: claim, source: "/v1/models" } };
  return { runtime: "unknown", models: listed, ...claimed };
}

function llamaServer(
  { default_generation_settings, total_slots: slots, modalities }: z.output<typeof propsSchema>,
  first: z.output<typeof modelsSchema>["data"][number] | undefined,
  models: string[],
): RuntimeReport {
  const trained = first?.meta?.n_ctx_train;
  return {
    runtime: "llama-server",
    models,
    loaded: { tokens: default_generation_settings.n_ctx, source: "/props default_generation_settings.n_ctx" },
    ...(trained === undefined ? {} : { claimed: { tokens: trained, source: "/v1/models meta.n_ctx_train" } }),
    ...(slots === undefined ? {} : { slots }),
    ...(modalities === undefined ? {} : { vision: modalities.vision }),
  };
}

async function ollama(
  ask: Ask,
  { models: running }: z.output<typeof runningSchema>,
  model: string | undefined,
): Promise<RuntimeReport> {
  const tags = tagsSchema.safeParse(await ask("/api/tags")).data?.models ?? [];
  const names = [...new Set([...running, ...tags].map((one) => one.name))];
  const chosen = running.find((one) => model === undefined || one.name === model || one.name === `${model}:latest`);
  // Only for a model that the person has named: looking for runtimes posts nothing.
  const shown = model === undefined ? undefined : showSchema.safeParse(await ask("/api/show", { model })).data;
  const trained = Object.entries(shown?.model_info ?? {}).find(([key]) => key.endsWith(".context_length"))?.[1];
  const claim = tokens.safeParse(trained).data;
  return {
    runtime: "Ollama",
    models: names,
    ...(chosen?.context_length === undefined
      ? {}
      : { loaded: { tokens: chosen.context_length, source: "/api/ps context_length" } }),
    ...(claim === undefined ? {} : { claimed: { tokens: claim, source: "/api/show model_info" } }),
    ...(shown?.capabilities === undefined ? {} : { vision: shown.capabilities.includes("vision") }),
  };
}

function lmStudio({ data }: z.output<typeof studioSchema>, model: string | undefined): RuntimeReport {
  const usable = data.filter(({ type }) => type !== "embeddings");
  const sorted = [...usable].sort((a, b) => Number(b.state === "loaded") - Number(a.state === "loaded"));
  const chosen = sorted.find(({ id }) => model === undefined || id === model);
  const { state, loaded_context_length: length, max_context_length: most, type } = chosen ?? {};
  return {
    runtime: "LM Studio",
    models: sorted.map(({ id }) => id),
    ...(state !== "loaded" || length === undefined
      ? {}
      : { loaded: { tokens: length, source: "/api/v0/models loaded_context_length" } }),
    ...(most === undefined ? {} : { claimed: { tokens: most, source: "/api/v0/models max_context_length" } }),
    ...(type === undefined ? {} : { vision: type === "vlm" }),
  };
}
