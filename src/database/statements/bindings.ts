import { AuthError } from "../../errors.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { Parameter } from "./fragment.ts";
import { HeadValue } from "./head-value.ts";
import type { Call } from "./statement.ts";
import { isStorable, type ValueKind } from "./value-type.ts";

/** A parameter of one of the calls that a text is for. */
interface Place {
  /** The call's number. */
  readonly call: number;
  readonly parameter: Parameter<unknown>;
}

/** One that is bound. */
interface Slot extends Place {
  readonly encode: (value: unknown) => unknown;
}

/** Ids and moments are equal because they are the same, never by chance: the next calls will have them equal too. */
const shareable: ReadonlySet<ValueKind> = new Set(["uuid", "timestamp"]);

/**
 * What the placeholders of a text stand for. On PostgreSQL a value is bound once, however many of the calls that share a
 * text have it: each costs the driver, the wire and the server.
 */
export class Bindings {
  readonly #dialect: Dialect;
  /** Those that the text is made for; `null` for a text of one statement, whatever its values. */
  readonly #calls: readonly Call<unknown>[] | null;
  readonly #slots: Slot[] = [];
  readonly #shared: (Place & { readonly slot: Slot })[] = [];
  readonly #ofHeads: (Place & { readonly name: string })[] = [];

  constructor(dialect: Dialect, calls: readonly Call<unknown>[] | null = null) {
    this.#dialect = dialect;
    this.#calls = calls;
  }

  /** The head's output that a parameter stands for, if it stands for one. */
  headValue(place: Place): HeadValue<unknown> | null {
    const value = this.#valueAt(place);
    if (!(value instanceof HeadValue)) return null;
    this.#ofHeads.push({ ...place, name: value.name });
    return value;
  }

  placeholder(place: Place): string {
    const { parameter } = place;
    const position =
      this.#known(place) ?? this.#slots.push({ ...place, encode: this.#dialect.encoder(parameter.type) });
    return this.#dialect.placeholder(position, parameter.type);
  }

  /** Whether a text that was made for some calls is right for others of the same statements. */
  fits(calls: readonly Call<unknown>[]): boolean {
    for (const place of this.#shared) {
      if (valueOf(calls, place) !== valueOf(calls, place.slot)) return false;
    }
    for (const place of this.#ofHeads) {
      const value = valueOf(calls, place);
      if (!(value instanceof HeadValue) || value.name !== place.name) return false;
    }
    return !this.#slots.some((slot) => valueOf(calls, slot) instanceof HeadValue);
  }

  encode(calls: readonly Call<unknown>[]): unknown[] {
    return this.#slots.map((slot) => encodeValue(valueOf(calls, slot), { slot, calls }));
  }

  // SQLite's placeholders carry no number (better-sqlite3 takes ?1 for a name), so a parameter used twice is
  // bound twice there; PostgreSQL's are numbered, and one used twice keeps its number.
  #known(place: Place): number | null {
    if (this.#dialect.name !== "postgres") return null;
    const { call, parameter } = place;
    const own = this.#slots.findIndex((slot) => slot.call === call && slot.parameter.name === parameter.name);
    if (own >= 0) return own + 1;
    const value = this.#valueAt(place) ?? null;
    if (value === null || !shareable.has(parameter.type.kind)) return null;
    const same = this.#slots.findIndex(
      (slot) => slot.parameter.type.kind === parameter.type.kind && this.#valueAt(slot) === value,
    );
    if (same < 0) return null;
    this.#shared.push({ ...place, slot: this.#slots[same]! });
    return same + 1;
  }

  #valueAt(place: Place): unknown {
    return this.#calls === null ? undefined : valueOf(this.#calls, place);
  }
}

function valueOf(calls: readonly Call<unknown>[], { call, parameter }: Place): unknown {
  return calls[call]!.params[parameter.name];
}

function encodeValue(
  value: unknown,
  {
    slot: { call, parameter, encode },
    calls,
  }: { readonly slot: Slot; readonly calls: readonly Call<unknown>[] },
): unknown {
  const { name, type } = parameter;
  if (value === null && type.nullable) return encode(null);
  const problem =
    value === undefined || value === null
      ? "has no value"
      : value instanceof HeadValue
        ? "is the value of a head, and it heads or follows none"
        : isStorable(value, type)
          ? null
          : `is not a valid ${type.kind}`;
  if (problem === null) return encode(value);
  throw new AuthError("statement_invalid", {
    message: `Statement ${calls[call]!.statement.id}: parameter ${name} ${problem}`,
  });
}
