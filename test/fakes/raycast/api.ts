import { buildComponent } from "./components.ts";
import { type Part, type Parts, type Surface, wrongCall } from "./surface.ts";

/** Functions, classes and constants of the API by their full names: `LocalStorage.getItem`, `Toast`, `environment`. */
export type Implementations = Readonly<Record<string, unknown>>;

/**
 * Builds the module that a command gets for `@raycast/api`: everything the declarations name. Components and enums come
 * from the declarations alone; what else is not implemented throws when it is used, and so does a name that Raycast
 * does not export.
 */
export function buildApi(surface: Surface, implementations: Implementations): object {
  const known = surface.parts;
  const surplus = Object.keys(implementations).filter((path) => !exists(known, path.split(".")));
  if (surplus.length > 0) throw new Error(`@raycast/api has no ${surplus.join(", ")}.`);
  return strict("@raycast/api", members(surface, known, implementations));
}

function members(surface: Surface, parts: Parts, implementations: Implementations): Record<string, unknown> {
  const built: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(parts)) built[name] = buildPart(surface, part, implementations);
  return built;
}

function buildPart(surface: Surface, part: Part, implementations: Implementations): unknown {
  switch (part.type) {
    case "enum":
      return strict("An enum of @raycast/api", { ...part.values });
    case "component":
      return buildComponent(surface, part, (parts) => members(surface, parts, implementations));
    case "namespace":
      return strict(part.path, members(surface, part.members, implementations));
    case "class": {
      const implementation = implementations[part.path] ?? missing(part.path);
      return Object.assign(implementation as object, members(surface, part.members, implementations));
    }
    case "function": {
      const implementation = (implementations[part.path] ?? missing(part.path)) as (...values: unknown[]) => unknown;
      return (...values: unknown[]) => {
        const mistakes = wrongCall(surface, part, values);
        if (mistakes.length > 0) throw new Error(`Raycast would not take this: ${mistakes.join("; ")}.`);
        return implementation(...values);
      };
    }
    case "value": {
      const value = implementations[part.path];
      return typeof value === "object" && value !== null ? strict(part.path, value) : missing(part.path);
    }
  }
}

function missing(path: string): () => never {
  return function notImplemented() {
    throw new Error(`The fake does not implement ${path} yet.`);
  };
}

function exists(parts: Parts, [name = "", ...rest]: string[]): boolean {
  const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (part === undefined || rest.length === 0) return part !== undefined;
  return "members" in part && exists(part.members, rest);
}

/** An object on which reading a name that is not there throws instead of answering undefined. */
function strict<T extends object>(what: string, target: T): T {
  return new Proxy(target, {
    get(object, name, receiver) {
      if (
        typeof name === "symbol" ||
        name in object ||
        name === "__esModule" ||
        name === "then" ||
        name === "launchContext"
      ) {
        return Reflect.get(object, name, receiver) as unknown;
      }
      throw new Error(`${what} has no "${name}".`);
    },
  });
}
