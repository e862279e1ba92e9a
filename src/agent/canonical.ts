import serialize from "canonicalize";

/** JSON in the one form that equal values share (RFC 8785), for hashes and for comparing bytes. */
export function canonicalize(value: unknown): string {
  return serialize(value) ?? "null";
}
