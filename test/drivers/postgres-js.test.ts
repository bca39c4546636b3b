import postgres from "postgres";
import { openPostgresJs } from "../support/postgres-driver-handles.ts";
import { testDriver } from "./support/test-driver.ts";

testDriver("postgres.js");

testDriver(
  {
    name: "postgres.js without prepared statements",
    dialect: "postgres",
    opens: "url",
    open: async (url) => openPostgresJs(url, { prepare: false }),
  },
  { pgbouncer: true },
);

testDriver({
  name: "postgres.js with one connection",
  dialect: "postgres",
  opens: "url",
  open: async (url) => openPostgresJs(url, { max: 1 }),
});

const unreadable = (): never => {
  throw new Error("Not one of the application's values");
};

testDriver({
  name: "postgres.js with settings of its own",
  dialect: "postgres",
  opens: "url",
  open: async (url) =>
    openPostgresJs(url, {
      prepare: false,
      fetch_types: false,
      transform: {
        ...postgres.camel,
        undefined: null,
        value: (value: unknown) => (typeof value === "string" ? value.toUpperCase() : value),
        row: (row: object) => ({ ...row }),
      },
      types: {
        bigint: { ...postgres.BigInt, serialize: unreadable },
        text: { to: 25, from: [25], serialize: unreadable, parse: (value: string) => value },
        time: { to: 1184, from: [1184], serialize: unreadable, parse: () => "a moment" },
        json: { to: 3802, from: [114, 3802], serialize: unreadable, parse: () => ({}) },
        bytes: { to: 17, from: [17], serialize: unreadable, parse: () => "bytes" },
        flag: { to: 16, from: [16], serialize: unreadable, parse: () => "perhaps" },
        uuid: { to: 2950, from: [2950], serialize: unreadable, parse: () => "an id" },
      },
      connection: {
        DateStyle: "German, DMY",
        TimeZone: "Asia/Kathmandu",
        bytea_output: "escape",
        search_path: "public, pg_catalog",
        default_transaction_isolation: "repeatable read",
      },
    }),
});
