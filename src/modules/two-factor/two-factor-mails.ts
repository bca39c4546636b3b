import { layOutMail, type MailQueue, type Script, type Transaction, type User } from "../../module.ts";
import type { NoticeMail, TwoFactorEnvironment, TwoFactorMails } from "./two-factor-environment.ts";

const notices: Readonly<Record<NoticeMail["change"], { readonly subject: string; readonly text: string }>> = {
  enabled: {
    subject: "Two-step sign-in is on",
    text: "Two-step sign-in was switched on, or got another way to answer it.",
  },
  disabled: {
    subject: "A way of two-step sign-in was removed",
    text: "A way to answer two-step sign-in was removed from your account.",
  },
  recoveryCodesRenewed: {
    subject: "New recovery codes",
    text: "New recovery codes were made for your account. The earlier ones do not work any more.",
  },
  recoveryCodeUsed: {
    subject: "A recovery code was used",
    text: "Somebody signed in to your account with a recovery code.",
  },
  reset: {
    subject: "Two-step sign-in is off",
    text: "Two-step sign-in was switched off by our support.",
  },
};

/** Makes the module's mails known to the module `mail`. */
export function defineMails(mail: MailQueue): TwoFactorMails {
  return {
    code: mail.define({
      name: "twoFactor.code",
      render: ({ code, minutes }, brand) =>
        layOutMail({
          brand,
          subject: "Your sign-in code",
          parts: [
            { heading: "Your sign-in code" },
            { paragraph: "Type this code where you are signing in:" },
            { code },
            {
              note: `It works for ${String(minutes)} minutes. If you are not signing in, change your password.`,
            },
          ],
        }),
    }),
    notice: mail.define({
      name: "twoFactor.notice",
      render: ({ change }, brand) =>
        layOutMail({
          brand,
          subject: notices[change].subject,
          parts: [
            { heading: notices[change].subject },
            { paragraph: notices[change].text },
            { note: "If that was not you, change your password at once and tell us." },
          ],
        }),
    }),
  };
}

/** Tells a user what changed, where mail is sent at all. */
export function* noticeTo(
  { mails, newId }: TwoFactorEnvironment,
  {
    tx,
    user,
    change,
    now,
  }: {
    readonly tx: Transaction;
    readonly user: Pick<User, "id" | "email">;
    readonly change: NoticeMail["change"];
    readonly now: Date;
  },
): Script<void> {
  if (mails === null) return;
  const mail = { data: { change }, to: user.email, userId: user.id };
  yield* tx.all([mails.notice.queue({ ...mail, idempotencyKey: newId(now), occurredAt: now })]);
}
