/** Something of a module that carries the types of what it adds: the module itself, or its part of the client. */
export interface TypedModule {
  readonly name: string;
  /** Never set. */
  readonly types_?: { readonly fields: object; readonly answer: unknown; readonly api: object };
}

export type TypesOf<M extends TypedModule> = NonNullable<M["types_"]>;

/** True where the types say which modules there are. */
export type Known<Modules extends readonly TypedModule[]> = [Modules[number]] extends [never]
  ? false
  : string extends Modules[number]["name"]
    ? false
    : true;

/** The modules' APIs by their names. */
export type ModuleApis<Modules extends readonly TypedModule[]> =
  Known<Modules> extends true ? { readonly [M in Modules[number] as M["name"]]: TypesOf<M>["api"] } : unknown;

/** The modules' answers to a sign-up; `null` from one that stayed out of it. */
export type SignUpAnswersOf<Modules extends readonly TypedModule[]> =
  Known<Modules> extends true
    ? {
        readonly [M in Modules[number] as TypesOf<M>["answer"] extends null ? never : M["name"]]:
          TypesOf<M>["answer"] | null;
      }
    : unknown;

/** The fields that a sign-up takes besides the core's. */
export type SignUpFieldsOf<Modules extends readonly TypedModule[]> =
  Known<Modules> extends true ? Intersection<FieldsOf<Modules[number]>> : unknown;

type FieldsOf<M extends TypedModule> = M extends unknown ? Optional<TypesOf<M>["fields"]> : never;

/** What may be undefined may be left out. */
type Optional<Fields> = {
  readonly [K in keyof Fields as undefined extends Fields[K] ? never : K]: Fields[K];
} & {
  readonly [K in keyof Fields as undefined extends Fields[K] ? K : never]?: Fields[K];
};

type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;
