import { layOutMail, type MailQueue } from "../../module.ts";
import type { ResetEnvironment } from "./reset-environment.ts";

/** Makes the module's mails known to the module `mail`. */
export function defineMails(mail: MailQueue): ResetEnvironment["mails"] {
  return {
    reset: mail.define({
      name: "passwordReset.reset",
      render: ({ link, minutes }, brand) =>
        layOutMail({
          brand,
          subject: "Choose a new password",
          parts: [
            { heading: "Choose a new password" },
            { paragraph: `Somebody asked for a new password for your account at ${brand.name}.` },
            { button: "Choose a new password", url: link },
            {
              note: `The link works once, for ${String(minutes)} minutes. If it was not you, nothing has changed: ignore this mail.`,
            },
          ],
        }),
    }),
    notice: mail.define({
      name: "passwordReset.done",
      render: (_, brand) =>
        layOutMail({
          brand,
          subject: "Your password was changed",
          parts: [
            { heading: "Your password was changed" },
            {
              paragraph: `The password of your account at ${brand.name} was changed by a link that we mailed to you.`,
            },
            { paragraph: "You were signed out everywhere." },
            {
              note: "If that was not you, somebody can read your mail: secure your mailbox, then ask for a new password.",
            },
          ],
        }),
    }),
  };
}
