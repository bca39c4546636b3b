import {
  defineModule,
  expression,
  guard,
  insertInto,
  integer,
  sql,
  statement,
  table,
  text,
  uuid,
  type Migration,
  type Schema,
} from "wispy-auth/module";

/** A module whose part in a sign-up is statements alone: two seats for each account, as long as a show has tickets. */

const shows = table("shows", { name: text, tickets: integer });
const seats = table("seats", { id: uuid, userId: uuid });

const createTickets: Migration = {
  number: 1,
  name: "tickets",
  postgres: [
    "create table {shows} (name text not null, tickets integer not null)",
    "create table {seats} (id uuid not null, user_id uuid not null)",
  ],
  sqlite: [
    "create table {shows} (name text not null, tickets integer not null)",
    "create table {seats} (id text not null, user_id text not null)",
  ],
};

const insertShow = statement({
  id: "tickets.insert_show",
  params: { name: text, tickets: integer },
  sql: (p) => insertInto(shows, p),
});

const takeTicket = statement({
  id: "tickets.take",
  params: { name: text },
  row: { name: shows.name },
  sql: (p, row) =>
    sql`update ${shows} set "tickets" = "tickets" - 1 where ${shows.name} = ${p.name} and ${shows.tickets} > 0${guard} returning ${row}`,
});

const insertSeat = statement({
  id: "tickets.insert_seat",
  params: { id: uuid, userId: uuid },
  sql: (p) => insertInto(seats, p),
});

const countLeft = statement({
  id: "tickets.count_left",
  params: { name: text },
  row: { tickets: shows.tickets },
  sql: (p, row) => sql`select ${row} from ${shows} where ${shows.name} = ${p.name}`,
});

const countSeats = statement({
  id: "tickets.count_seats",
  params: { userId: uuid },
  row: { count: expression(integer, sql`count(*)`) },
  sql: (p, row) => sql`select ${row} from ${seats} where ${seats.userId} = ${p.userId}`,
});

const removeSeats = statement({
  id: "tickets.remove_seats",
  params: { userId: uuid },
  sql: (p) => sql`delete from ${seats} where ${seats.userId} = ${p.userId}`,
});

const showSchema: Schema<string | undefined> = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as string | undefined }) },
};

export function tickets({ unguarded = false } = {}) {
  return defineModule({
    name: "tickets",
    migrations: [createTickets],
    tables: [shows.info, seats.info],
    statements: [insertShow, takeTicket, insertSeat, countLeft, countSeats, removeSeats],
    signUpFields: { show: showSchema },
    start({ database, clock, newId }) {
      return {
        api: {
          open: (name: string, count: number) => database.run(insertShow, { name, tickets: count }),
          left: async (name: string) => (await database.one(countLeft, { name })).tickets,
          seats: async (userId: string) => (await database.one(countSeats, { userId })).count,
        },
        hooks: {
          signUp({ fields: { show: name } }) {
            if (name === undefined) return null;
            return ({ user }) => ({
              head: takeTicket.with({ name }),
              rest: [
                insertSeat.with({ id: newId(clock.now()), userId: user.id }),
                insertSeat.with({ id: newId(clock.now()), userId: user.id }),
                ...(unguarded ? [removeSeats.with({ userId: user.id })] : []),
              ],
              answer: "seated",
              *otherwise(tx) {
                const { tickets: left } = yield* tx.one(countLeft, { name });
                return `${String(left)} left`;
              },
            });
          },
        },
      };
    },
  });
}
