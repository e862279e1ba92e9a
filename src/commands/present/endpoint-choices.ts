import { type EndpointRow, REHEARSAL_ENDPOINT } from "../../protocol/config.ts";

/** The choice of a model in a form. The empty value means the endpoint in use. */
export interface EndpointChoices {
  choices: { value: string; title: string }[];
  /** What to do when no model is connected. */
  hint: string | undefined;
}

/** Which endpoints a form offers, the one in use first. */
export function presentEndpointChoices(endpoints: readonly EndpointRow[]): EndpointChoices {
  const active = endpoints.find(({ isActive }) => isActive);
  const isConnected = active !== undefined && active.name !== REHEARSAL_ENDPOINT;
  const first = { value: "", title: isConnected ? titleOf(active) : "Rehearsal (not an AI)" };
  const others = endpoints.filter((endpoint) => endpoint !== active && endpoint.name !== REHEARSAL_ENDPOINT);
  const hint = isConnected
    ? undefined
    : "No model is in use, so the rehearsal model answers, which is not an AI. Fill in the endpoint in the preferences of loopd, or connect one with: loopd endpoints add";
  return { choices: [first, ...others.map((endpoint) => ({ value: endpoint.name, title: titleOf(endpoint) }))], hint };
}

function titleOf({ name, model }: EndpointRow): string {
  return `${model} at ${name}`;
}
