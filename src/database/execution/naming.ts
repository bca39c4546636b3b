import { createHash } from "node:crypto";
import type { StatementsMode } from "../database.ts";

/**
 * Why a server refused a named statement. All are raised before anything is executed.
 * - `plan`: a cached plan no longer fits the table (0A000 of RevalidateCachedQuery).
 * - `name`: the session does not know the name, or knows it already (26000, 42P05).
 * - `pooler`: a pooler lost the statement and drops the connection (08P01).
 */
export type RefusalClass = "plan" | "name" | "pooler";

/** What was sent, so that a refusal can be held against the right generation. */
export interface Sent {
  readonly text: string;
  readonly name?: string;
  readonly generation: number;
}

interface NamedStatement {
  generation: number;
  text: string;
  /** `null` once the statement was replanned too often. */
  name: string | null;
}

const maxNamed = 64; // about 12 KB of server memory each, per connection
const maxGeneration = 8; // bounds the plans left behind on a server whose tables keep changing
const breakerRefusals = 3;
const breakerWindowMilliseconds = 60_000;

/**
 * Decides which statements are sent under a server-side name.
 *
 * A name is a hash of the text, so one name can never stand for two texts, whichever processes, versions or
 * modules share the server. Naming is off until the connection is known to be direct, off for a session
 * that lost its statements, and off for good after three such refusals in a minute.
 */
export class StatementNaming {
  readonly recovered = { plan: 0, name: 0, pooler: 0 };
  pooler: "undetermined" | "none" | "present" = "undetermined";
  disabled = false;
  readonly #mode: StatementsMode;
  readonly #onDisabled: (cause: RefusalClass) => void;
  readonly #statements = new Map<string, NamedStatement>();
  readonly #forgetful = new WeakSet<object>();
  #refusals: number[] = [];

  constructor(mode: StatementsMode, onDisabled: (cause: RefusalClass) => void) {
    this.#mode = mode;
    this.#onDisabled = onDisabled;
  }

  get active(): boolean {
    if (this.disabled || this.#mode === "unnamed") return false;
    return this.#mode === "named" || this.pooler === "none";
  }

  /** A pooler invents the process id it announces, so the two differ behind every one of them. */
  observe(announcedPid: number | null, backendPid: number): void {
    if (announcedPid === null) return;
    this.pooler = announcedPid === backendPid ? "none" : "present";
  }

  /** The form in which to send a statement on a session. */
  prepare(text: string, options: { readonly hot: boolean; readonly session: object }): Sent {
    if (!options.hot || !this.active || this.#forgetful.has(options.session)) return { text, generation: 0 };
    const known = this.#statements.get(text);
    if (!known && this.#statements.size >= maxNamed) return { text, generation: 0 };
    const statement = known ?? this.#add(text);
    if (statement.name === null) return { text, generation: statement.generation };
    return { text: statement.text, name: statement.name, generation: statement.generation };
  }

  /**
   * Takes note of a refusal. A new generation changes the text by a comment, so that name and text are new
   * to the server and to a pooler that keys on text. Refusals of one generation count once.
   */
  refuse(
    refusal: RefusalClass,
    details: {
      readonly text: string;
      readonly sent: Sent;
      readonly session: object;
      readonly known: boolean;
    },
  ): void {
    this.recovered[refusal] += 1;
    if (refusal === "name" && !details.known) this.#forgetful.add(details.session);
    else this.#advance(details.text, details.sent.generation);
    if (refusal !== "plan") this.#trip(refusal);
  }

  #add(text: string): NamedStatement {
    const statement: NamedStatement = { generation: 0, text, name: statementName(text) };
    this.#statements.set(text, statement);
    return statement;
  }

  #advance(text: string, sentGeneration: number): void {
    const statement = this.#statements.get(text);
    if (!statement || statement.generation !== sentGeneration) return;
    statement.generation += 1;
    statement.text = `${text} /*g${String(statement.generation)}*/`;
    statement.name = statement.generation > maxGeneration ? null : statementName(statement.text);
  }

  #trip(cause: RefusalClass): void {
    const now = performance.now();
    this.#refusals = this.#refusals.filter((at) => now - at < breakerWindowMilliseconds);
    this.#refusals.push(now);
    if (this.disabled || this.#refusals.length < breakerRefusals) return;
    this.disabled = true;
    this.#onDisabled(cause);
  }
}

/** 132 bits of SHA-256: 25 bytes, within PostgreSQL's 63. */
export function statementName(text: string): string {
  return `wa_${createHash("sha256").update(text).digest("base64url").slice(0, 22)}`;
}
