import { createHash } from "node:crypto";
import type { ModelWindow } from "../../src/agent/ports.ts";
import {
  type Config,
  type EndpointProfile,
  endpointNameSchema,
  endpointProfileSchema,
  type EndpointRow,
  REHEARSAL_ENDPOINT,
  UNSAVED_PREFIX,
} from "../../src/protocol/config.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import type { KeptEndpoint } from "../../src/protocol/endpoint-profile.ts";
import type { ParsedParamsOf } from "../../src/protocol/requests.ts";
import type { ConfigFile, RawConfig } from "../config-file.ts";
import type { ResolvedEndpoint } from "./model-port.ts";
import { type CapabilityFile, openCapabilities } from "./capabilities.ts";
import { changedProfile, checkedKey, checkedProfile } from "./checked-profile.ts";
import type { EndpointSecrets } from "./endpoint-fetch.ts";
import { type Price, priceOf } from "./price.ts";
import { NO_SECRETS, openSecretsFile } from "./secrets-file.ts";
import { createWindowOf, usableWindowOf } from "./usable-window.ts";

/** The endpoints of a home: profiles in `config.json`, keys in `secrets.json`, unsaved ones in memory. */
export interface Profiles {
  /** The newest valid `config.json`, read again when the file changes. */
  config(): Config;
  /** Why `config.json` as it is now is not used, if it is broken. */
  lastProblem(): LoopdError | undefined;
  /** Name of the endpoint that is asked when a turn names none. */
  active(): string;
  /** Saved profiles by name, the built-in rehearsal model last. */
  list(): EndpointRow[];
  /** @throws LoopdError `unknown-endpoint` */
  show(name: string): EndpointRow;
  /** @throws LoopdError `endpoint-exists`, `usage`, `config-invalid` */
  add(params: ParsedParamsOf<"endpoint.add">): EndpointRow;
  /**
   * Changes a profile. With another origin its key and headers are forgotten, unless new ones come along: a secret is
   * never sent to an address that it was not given for. The same goes for a proxy and its login.
   * @throws LoopdError `unknown-endpoint`, `usage`, `config-invalid`
   */
  set(params: ParsedParamsOf<"endpoint.set">): EndpointRow;
  /** Adds a profile or changes it. Without a key it has none afterwards. @throws LoopdError `usage`, `config-invalid` */
  keep(params: KeptEndpoint): EndpointRow;
  /** @throws LoopdError `unknown-endpoint` */
  use(name: string): EndpointRow;
  /** Forgets profile and key; if it was the active one, the rehearsal model answers again. */
  remove(name: string): void;
  /** Keeps a profile in memory and returns its name: the same profile and key always have the same one. */
  addUnsaved(profile: EndpointProfile, secrets: EndpointSecrets): string;
  /** What was found out about the endpoints. */
  capabilities: CapabilityFile;
  /** What is known of a model's window there; undefined for the rehearsal model and for an endpoint that is gone. */
  windowOf(name: string, model: string): ModelWindow | undefined;
  /** A profile, saved or not. Undefined for unknown names and for the rehearsal model. */
  profileOf(name: string): EndpointProfile | undefined;
  /** What a model costs there. Undefined: nobody knows. */
  priceOf(name: string, model: string): Price | undefined;
  /** Where to send a request. Undefined for unknown names and for the rehearsal model, whose address is not ours. */
  resolve(name: string): ResolvedEndpoint | undefined;
}

/** What the built-in endpoint shows of itself. Its port and key are new with each start and nobody's business. */
const REHEARSAL_PROFILE: EndpointProfile = endpointProfileSchema.parse({
  dialect: "anthropic",
  url: "http://127.0.0.1",
  model: REHEARSAL_ENDPOINT,
  auth: "bearer",
  trust: "local",
});

/**
 * Opens the endpoints of a home, which must exist.
 * @throws LoopdError `config-invalid` when `secrets.json` is broken.
 */
export function createProfiles(home: string, file: ConfigFile): Profiles {
  const secrets = openSecretsFile(home);
  const capabilities = openCapabilities(home);
  const unsaved = new Map<string, ResolvedEndpoint>();

  const active = () => file.current().endpoint ?? REHEARSAL_ENDPOINT;
  const saved = (name: string): EndpointProfile | undefined => {
    const { endpoints } = file.current();
    return Object.hasOwn(endpoints, name) ? endpoints[name] : undefined;
  };
  const row = (name: string, profile: EndpointProfile): EndpointRow => {
    const { key, headers = {}, proxyLogin } = name === REHEARSAL_ENDPOINT ? { key: "" } : secrets.of(name);
    const found = capabilities.of(name, profile);
    return {
      ...profile,
      name,
      hasKey: key !== undefined,
      isActive: name === active(),
      headers: Object.keys(headers),
      hasProxyLogin: proxyLogin !== undefined,
      usableWindow: usableWindowOf(profile, found),
      capabilities: found,
      counting: capabilities.counting(name),
    };
  };
  function known(name: string): EndpointProfile {
    const profile = name === REHEARSAL_ENDPOINT ? REHEARSAL_PROFILE : saved(name);
    if (profile !== undefined) return profile;
    const names = [...Object.keys(file.current().endpoints).sort(), REHEARSAL_ENDPOINT].join(", ");
    throw new LoopdError(
      "unknown-endpoint",
      `There is no endpoint "${name}". Known: ${names}. See: loopd endpoints list`,
    );
  }
  function changeable(name: string): EndpointProfile {
    if (name !== REHEARSAL_ENDPOINT) return known(name);
    throw new LoopdError(
      "usage",
      "The rehearsal model is built in and cannot be changed. Add another endpoint: loopd endpoints add",
    );
  }
  const show = (name: string) => row(name, known(name));
  const profileOf = (name: string) => saved(name) ?? unsaved.get(name)?.profile;

  const profiles: Profiles = {
    capabilities,
    config: () => file.current(),
    lastProblem: () => file.lastProblem(),
    active,
    show,
    list() {
      const { endpoints } = file.current();
      const rows = Object.entries(endpoints).map(([name, profile]) => row(name, profile));
      rows.sort((a, b) => (a.name < b.name ? -1 : 1));
      return [...rows, row(REHEARSAL_ENDPOINT, REHEARSAL_PROFILE)];
    },
    add({ name, profile, use, ...given }) {
      checkNewName(name);
      if (saved(name) !== undefined) {
        throw new LoopdError(
          "endpoint-exists",
          `There already is an endpoint "${name}". Change it with: loopd endpoints set ${name} …`,
        );
      }
      const fresh = { ...given, key: checkedKey(given.key), headers: changedHeaders(undefined, given.headers) };
      const checked = checkedProfile(changedProfile(profile, {}), fresh);
      file.edit((raw) => {
        // Secrets first: a crash in between leaves some without a profile, which the next `add` replaces or forgets.
        secrets.store(name, fresh);
        endpointsOf(raw)[name] = checked;
        if (use) raw.endpoint = name;
      });
      capabilities.forget(name);
      return show(name);
    },
    set({ name, changes, ...given }) {
      const before = changeable(name);
      const after = changedProfile(before, changes);
      const kept = keptSecrets(before, after, secrets.of(name));
      const fresh = {
        key: checkedKey(given.key) ?? kept.key,
        headers: changedHeaders(kept.headers, given.headers),
        proxyLogin: given.proxyLogin ?? kept.proxyLogin,
      };
      const profile = checkedProfile(after, { ...fresh, key: checkedKey(given.key) });
      file.edit((raw) => {
        // Before the address changes: also a crash in between must not let the new address see an old secret.
        secrets.store(name, kept);
        endpointsOf(raw)[name] = profile;
      });
      secrets.store(name, fresh);
      // The person knows better than what was seen before.
      if (changes.window !== undefined) capabilities.note(name, profile, { observedWindow: undefined });
      return show(name);
    },
    keep({ name, profile, key, use }) {
      const before = saved(name);
      if (before === undefined) {
        profiles.add({ name, profile: endpointProfileSchema.parse(profile), key, use: false });
      } else {
        // Only a new window is news: one that was seen at the server since says more than the same words again.
        const window = before.window === profile.window ? undefined : (profile.window ?? null);
        // A key is sent as the dialect has it.
        profiles.set({ name, changes: { ...profile, window, auth: "none" }, key });
        if (key === undefined) secrets.store(name, { ...secrets.of(name), key: undefined });
      }
      return use || file.current().endpoint === undefined ? profiles.use(name) : show(name);
    },
    use(name) {
      known(name);
      file.edit((raw) => void (raw.endpoint = name));
      return show(name);
    },
    remove(name) {
      changeable(name);
      file.edit((raw) => {
        delete endpointsOf(raw)[name];
        if (raw.endpoint === name) delete raw.endpoint;
      });
      secrets.store(name, NO_SECRETS);
      capabilities.forget(name);
    },
    addUnsaved(profile, given) {
      const checked = { ...given, key: checkedKey(given.key) };
      const endpoint = { profile: checkedProfile(profile, checked), ...checked };
      const hash = createHash("sha256").update(JSON.stringify(endpoint)).digest("hex");
      const name = `${UNSAVED_PREFIX}${hash.slice(0, 8)}`;
      unsaved.set(name, endpoint);
      return name;
    },
    windowOf: createWindowOf(profileOf, capabilities),
    profileOf,
    priceOf: (name, model) => priceOf(file.current(), name, model),
    resolve(name) {
      const profile = saved(name);
      return profile === undefined ? unsaved.get(name) : { profile, ...secrets.of(name) };
    },
  };
  return profiles;
}

/** What may stay when a profile changes: a secret goes only where it was given for. */
function keptSecrets(before: EndpointProfile, after: EndpointProfile, secrets: EndpointSecrets): EndpointSecrets {
  const isSame = originOf(before.url) === originOf(after.url);
  const { proxyLogin, ...others } = isSame ? secrets : { ...NO_SECRETS, proxyLogin: secrets.proxyLogin };
  return originOf(before.proxy) === originOf(after.proxy) ? { ...others, proxyLogin } : others;
}

function originOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).origin;
}

function changedHeaders(before: EndpointSecrets["headers"], changes: EndpointSecrets["headers"]) {
  const named = Object.entries(changes ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const all = { ...before, ...Object.fromEntries(named) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
}

function endpointsOf(raw: RawConfig): NonNullable<RawConfig["endpoints"]> {
  return (raw.endpoints ??= {});
}

function checkNewName(name: string): void {
  const parsed = endpointNameSchema.safeParse(name);
  if (!parsed.success)
    throw new LoopdError("usage", `"${name}" cannot name an endpoint: ${parsed.error.issues[0]?.message}.`);
  if (name.toLowerCase() === REHEARSAL_ENDPOINT || name.toLowerCase().startsWith(UNSAVED_PREFIX)) {
    throw new LoopdError("usage", `The name "${name}" is reserved by loopd. Choose another one.`);
  }
}
