/**
 * Reads a network from a TensorFlow Lite file (a FlatBuffer, schema version 3): its tensors and its operators in order, as far as
 * networks of floating point numbers with one input and one output need it.
 */

export interface LiteTensor {
  readonly shape: readonly number[];
  /** Numbers that are part of the file; undefined for what is computed. */
  readonly values: Float32Array | Int32Array | undefined;
}

export interface LiteOperator {
  /** BuiltinOperator of the schema. */
  readonly code: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** A field of the operator's options by its number in the schema; 0 where it is left out, as FlatBuffers leave out what is usual. */
  option(field: number, size: "byte" | "int"): number;
}

export interface LiteGraph {
  readonly tensors: readonly LiteTensor[];
  readonly operators: readonly LiteOperator[];
  readonly input: number;
  readonly output: number;
}

const IDENTIFIER = "TFL3";
/** TensorType. */
const FLOAT32 = 0;
const INT32 = 2;

/** @throws `Error` for what is no such file, `RangeError` where it points outside of itself */
export function readLiteGraph(bytes: Uint8Array): LiteGraph {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (String.fromCharCode(...bytes.subarray(4, 8)) !== IDENTIFIER) throw new Error("no TensorFlow Lite file");
  const file = new FlatBuffer(view);
  const model = file.follow(0);
  const codes = file.tables(model, 1).map((code) => Math.max(file.byte(code, 0), file.int(code, 3)));
  const buffers = file.tables(model, 4).map((buffer) => file.bytesOf(buffer, 0));
  const [graph] = file.tables(model, 2);
  if (graph === undefined) throw new Error("no graph");
  const tensors = file.tables(graph, 0).map((tensor): LiteTensor => {
    const stored = buffers[file.int(tensor, 2)];
    const type = file.byte(tensor, 1);
    // Copied, because what is stored need not lie at a multiple of four.
    const values =
      stored === undefined || stored.length === 0
        ? undefined
        : type === FLOAT32
          ? new Float32Array(stored.slice().buffer)
          : type === INT32
            ? new Int32Array(stored.slice().buffer)
            : undefined;
    return { shape: file.ints(tensor, 0), values };
  });
  const operators = file.tables(graph, 3).map((operator): LiteOperator => {
    const options = file.table(operator, 4);
    return {
      code: codes[file.int(operator, 0)] ?? -1,
      inputs: file.ints(operator, 1),
      outputs: file.ints(operator, 2),
      option: (field, size) => (options === undefined ? 0 : file[size](options, field)),
    };
  });
  return { tensors, operators, input: file.ints(graph, 1)[0] ?? -1, output: file.ints(graph, 2)[0] ?? -1 };
}

/** Tables, vectors and scalars by their place; every offset is checked by the view itself. */
class FlatBuffer {
  readonly #view: DataView;

  constructor(view: DataView) {
    this.#view = view;
  }

  /** Where an offset points to. */
  follow(at: number): number {
    return at + this.#view.getUint32(at, true);
  }

  byte(table: number, field: number): number {
    const at = this.#place(table, field);
    return at === undefined ? 0 : this.#view.getInt8(at);
  }

  int(table: number, field: number): number {
    const at = this.#place(table, field);
    return at === undefined ? 0 : this.#view.getInt32(at, true);
  }

  table(parent: number, field: number): number | undefined {
    const at = this.#place(parent, field);
    return at === undefined ? undefined : this.follow(at);
  }

  tables(parent: number, field: number): number[] {
    return this.#vector(parent, field, 4).map((at) => this.follow(at));
  }

  ints(parent: number, field: number): number[] {
    return this.#vector(parent, field, 4).map((at) => this.#view.getInt32(at, true));
  }

  bytesOf(parent: number, field: number): Uint8Array {
    const vector = this.table(parent, field);
    if (vector === undefined) return new Uint8Array(0);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + vector + 4, this.#view.getUint32(vector, true));
  }

  /** Where each element of a vector lies. */
  #vector(parent: number, field: number, size: number): number[] {
    const vector = this.table(parent, field);
    if (vector === undefined) return [];
    const length = this.#view.getUint32(vector, true);
    if (vector + 4 + length * size > this.#view.byteLength) throw new RangeError("vector beyond the file");
    return Array.from({ length }, (_, i) => vector + 4 + i * size);
  }

  #place(table: number, field: number): number | undefined {
    const layout = table - this.#view.getInt32(table, true);
    const entry = 4 + 2 * field;
    if (entry >= this.#view.getUint16(layout, true)) return undefined;
    const offset = this.#view.getUint16(layout + entry, true);
    return offset === 0 ? undefined : table + offset;
  }
}
