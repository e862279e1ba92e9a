/** A value of a GGUF file's header. */
export type HeaderValue =
  | { type: "u32"; value: number }
  | { type: "f32"; value: number }
  | { type: "bool"; value: boolean }
  | { type: "string"; value: string }
  | { type: "strings"; value: readonly string[] }
  | { type: "i32s"; value: readonly number[] };

/** A tensor of 32-bit floats. `shape`: the fastest dimension first, as the format has it. */
export interface Tensor {
  name: string;
  shape: readonly number[];
  values: Float32Array;
}

const VERSION = 3;
const ALIGNMENT = 32;
const TYPES = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const;
const F32_TENSOR = 0;

/** The bytes of a GGUF file, the format in which llama.cpp loads a model. */
export function ggufFile(header: Readonly<Record<string, HeaderValue>>, tensors: readonly Tensor[]): Buffer {
  const entries = Object.entries(header);
  const data = tensors.map(({ values }) => padded(Buffer.from(values.buffer, values.byteOffset, values.byteLength)));
  let offset = 0;
  const infos = tensors.map(({ name, shape }, index) => {
    const info = Buffer.concat([string(name), u32(shape.length), ...shape.map(u64), u32(F32_TENSOR), u64(offset)]);
    offset += data[index]?.length ?? 0;
    return info;
  });
  const head = Buffer.concat([
    Buffer.from("GGUF"),
    u32(VERSION),
    u64(tensors.length),
    u64(entries.length),
    ...entries.flatMap(([key, value]) => [string(key), ...encoded(value)]),
    ...infos,
  ]);
  return Buffer.concat([padded(head), ...data]);
}

function encoded(entry: HeaderValue): Buffer[] {
  switch (entry.type) {
    case "u32":
      return [u32(TYPES.u32), u32(entry.value)];
    case "f32": {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatLE(entry.value);
      return [u32(TYPES.f32), bytes];
    }
    case "bool":
      return [u32(TYPES.bool), Buffer.from([entry.value ? 1 : 0])];
    case "string":
      return [u32(TYPES.string), string(entry.value)];
    case "strings":
      return [u32(TYPES.array), u32(TYPES.string), u64(entry.value.length), ...entry.value.map(string)];
    case "i32s":
      return [u32(TYPES.array), u32(TYPES.i32), u64(entry.value.length), ...entry.value.map(u32)];
  }
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)]);
}
