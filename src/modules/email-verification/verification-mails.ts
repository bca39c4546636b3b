import { layOutMail, type MailQueue } from "../../module.ts";
import type { TakenMail, VerificationMails } from "./verification-environment.ts";

/** Makes the module's mails known to the module `mail`. */
export function defineMails(mail: MailQueue): VerificationMails {
  return { ...confirmMails(mail), ...noticeMails(mail) };
}

function confirmMails(mail: MailQueue): Pick<VerificationMails, "verify" | "change"> {
  return {
    verify: mail.define({
      name: "emailVerification.verify",
      render: ({ link, code, minutes, signingIn }, brand) =>
        layOutMail({
          brand,
          subject: "Confirm your e-mail address",
          parts: [
            { heading: "Confirm your e-mail address" },
            {
              paragraph: signingIn
                ? `Type this code at ${brand.name}, where you are signing in:`
                : `Type this code at ${brand.name}, and this address of your account is confirmed:`,
            },
            { code },
            { paragraph: "Or open this page:" },
            { button: "Confirm", url: link },
            { note: `The code works for ${String(minutes)} minutes. If it was not you, ignore this mail.` },
          ],
        }),
    }),
    change: mail.define({
      name: "emailVerification.change",
      render: ({ link, code, minutes }, brand) =>
        layOutMail({
          brand,
          subject: "Confirm your new e-mail address",
          parts: [
            { heading: "Confirm your new e-mail address" },
            { paragraph: `Type this code at ${brand.name}, and this becomes the address of your account:` },
            { code },
            { paragraph: "Or open this page:" },
            { button: "Confirm", url: link },
            { note: `The code works for ${String(minutes)} minutes. If it was not you, ignore this mail.` },
          ],
        }),
    }),
  };
}

const attempts: Readonly<Record<TakenMail["attempt"], string>> = {
  signUp: "Somebody, perhaps you, signed up with this address.",
  change: "Somebody, perhaps you, asked to move another account to this address.",
};

function noticeMails(mail: MailQueue): Pick<VerificationMails, "taken" | "changed" | "restored"> {
  return {
    taken: mail.define({
      name: "emailVerification.taken",
      render: ({ attempt, signIn, forgotPassword }, brand) =>
        layOutMail({
          brand,
          subject: "You have an account already",
          parts: [
            { heading: "You have an account already" },
            { paragraph: `${attempts[attempt]} You have an account at ${brand.name}: nothing was changed.` },
            { button: "Sign in", url: signIn },
            { button: "Choose a new password", url: forgotPassword },
            { note: "If it was not you, ignore this mail." },
          ],
        }),
    }),
    changed: mail.define({
      name: "emailVerification.changed",
      render: ({ link, days }, brand) =>
        layOutMail({
          brand,
          subject: "Your e-mail address was changed",
          parts: [
            { heading: "Your e-mail address was changed" },
            { paragraph: `Your account at ${brand.name} has another e-mail address from now on.` },
            { paragraph: "If that was not you, take it back, and then choose a new password:" },
            { button: "Take it back", url: link },
            { note: `The link works once, for ${String(days)} days. It signs you out everywhere.` },
          ],
        }),
    }),
    restored: mail.define({
      name: "emailVerification.restored",
      render: (_, brand) =>
        layOutMail({
          brand,
          subject: "Your e-mail address was changed back",
          parts: [
            { heading: "Your e-mail address was changed back" },
            {
              paragraph: `The change of the address of an account at ${brand.name} to this one was taken back by a link that we mailed to the address before it.`,
            },
            { paragraph: "You were signed out everywhere." },
          ],
        }),
    }),
  };
}
