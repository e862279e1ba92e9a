import type { Tool } from "../define-tool.ts";
import { makeReadResource, READ_RESOURCE } from "./read-resource.ts";
import type { McpServer } from "./server.ts";
import { isWanted, makeServerTool } from "./server-tools.ts";
import { keyOf, toolNames } from "./tool-names.ts";

/** The tools of all servers. */
export interface ServerShelf {
  /** The same array until something has changed; a tool that has not changed stays the same object. */
  tools(): readonly Tool[];
  /** Servers, their tools or their configuration may have changed. */
  changed(): void;
}

interface Made {
  tool: Tool;
  /** All that the tool was made of. */
  recipe: string;
}

/** Makes tools of what the servers list, under names that no two of them share. */
export function createServerShelf(servers: ReadonlyMap<string, McpServer>): ServerShelf {
  let shelf: readonly Tool[] | undefined;
  let last: readonly Tool[] = [];
  let made = new Map<string, Made>();
  const owners = new WeakMap<Tool, McpServer>();

  const build = (): readonly Tool[] => {
    const wanted = [...servers].flatMap(([name, server]) => wantedOf(name, server));
    const names = toolNames(wanted);
    const next = new Map<string, Made>();
    for (const { server: serverName, tool, make, recipe, owner } of wanted) {
      const key = keyOf({ server: serverName, tool });
      const name = names.get(key) ?? "";
      const whole = JSON.stringify([name, recipe, owner.config]);
      const before = made.get(key);
      const isSame = before?.recipe === whole && owners.get(before.tool) === owner;
      const one = isSame ? before.tool : make(name);
      owners.set(one, owner);
      next.set(key, { tool: one, recipe: whole });
    }
    made = next;
    return [...next.values()].map(({ tool }) => tool);
  };

  return {
    tools() {
      if (shelf !== undefined) return shelf;
      const fresh = build();
      const isSame = last.length === fresh.length && fresh.every((tool, index) => tool === last[index]);
      shelf = last = isSame ? last : fresh;
      return shelf;
    },
    changed: () => void (shelf = undefined),
  };
}

function wantedOf(name: string, server: McpServer) {
  const { listing, config } = server;
  if (listing === undefined || config.disabled) return [];
  const own = listing.tools.map((listed) => ({
    server: name,
    tool: listed.name,
    owner: server,
    recipe: JSON.stringify(listed),
    make: (shown: string) => makeServerTool(server, name, listed, shown),
  }));
  const isTaken = own.some(({ tool }) => tool === READ_RESOURCE);
  const reader = {
    server: name,
    tool: READ_RESOURCE,
    owner: server,
    recipe: READ_RESOURCE,
    make: (shown: string) => makeReadResource(server, name, shown),
  };
  const all = listing.hasResources && !isTaken ? [...own, reader] : own;
  return all.filter(({ tool }) => isWanted(tool, config));
}
