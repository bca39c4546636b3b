import {
  defineModule,
  layOutMail,
  type MailQueue,
  type MailTemplate,
  type OutgoingMail,
} from "wispy-auth/module";

export interface LetterData {
  readonly link: string;
  readonly code: string;
}

/** As the mails of our own modules are made. */
export const welcomeLetter: MailTemplate<LetterData> = {
  name: "letters.welcome",
  render: ({ link, code }, brand) =>
    layOutMail({
      brand,
      subject: `Welcome to ${brand.name}`,
      parts: [
        { heading: "Welcome" },
        { paragraph: "One more step, and you are in." },
        { button: "Verify the address", url: link },
        { paragraph: "Or type this code:" },
        { code },
        { note: "It was not you? Then ignore this mail." },
      ],
    }),
};

export type Letter = Partial<OutgoingMail<LetterData>> & { readonly token?: string };

/** What only the holder of a mail may learn, and no table shows. */
export const tokenOf = (userId: string): string => `token-of-${userId}`;

/** A module that sends mails: one to each new account, and what its API is told to. */
export function letters({ template = welcomeLetter }: { readonly template?: MailTemplate<LetterData> } = {}) {
  return defineModule({
    name: "letters",
    dependsOn: ["mail"],
    start({ use, database, clock, baseUrl }) {
      const welcome = use<MailQueue>("mail").define(template);
      const link = (token: string): string => `${baseUrl ?? "https://nowhere.example"}/verify?token=${token}`;
      return {
        api: {
          /** Each to be queued in one transaction, which is undone if `fail` says so. */
          async send(mails: readonly Letter[], { fail = false } = {}): Promise<void> {
            const occurredAt = clock.now();
            await database.transaction(function* (tx) {
              yield* tx.all(
                mails.map(({ token = "a-token", ...mail }, i) =>
                  welcome.queue({
                    data: { link: link(token), code: "123 456" },
                    to: "reader@example.com",
                    userId: null,
                    idempotencyKey: `${token} ${String(i)}`,
                    occurredAt,
                    ...mail,
                  }),
                ),
              );
              if (fail) throw new Error("after the letters");
            });
          },
        },
        hooks: {
          userCreated: ({ user }) =>
            function* (tx) {
              const token = tokenOf(user.id);
              yield* tx.all([
                welcome.queue({
                  data: { link: link(token), code: "123 456" },
                  to: user.email,
                  userId: user.id,
                  idempotencyKey: user.id,
                  occurredAt: clock.now(),
                }),
              ]);
            },
        },
      };
    },
  });
}
