/** The hosts of a request that no standing grant covers: lower case, sorted, each once. */
export function uncoveredHosts(wanted: readonly string[], standing: readonly string[]): string[] {
  const covers = standing.map((grant) => split(grant));
  const hosts = [...new Set(wanted.map((host) => host.toLowerCase()))].sort();
  return hosts.filter((host) => !covers.some((grant) => isCovered(split(host), grant)));
}

interface Grant {
  host: string;
  /** Empty: every port. */
  port: string;
}

function split(grant: string): Grant {
  const [, host = "", port = ""] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(grant.toLowerCase()) ?? [];
  return { host, port };
}

/** `*.example.com` covers whatever ends so, another pattern that does included, but not `example.com` itself. */
function isCovered(wanted: Grant, grant: Grant): boolean {
  if (grant.port !== "" && grant.port !== wanted.port) return false;
  return grant.host.startsWith("*.") ? wanted.host.endsWith(grant.host.slice(1)) : wanted.host === grant.host;
}
