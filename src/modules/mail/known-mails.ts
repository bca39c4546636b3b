import type { MailBrand, MailContent, MailTemplate } from "../../module.ts";
import { invalid, type MailSettings } from "./mail-settings.ts";

/** The mails that the modules have declared, with the application's own texts for them. */
export interface KnownMails {
  /** @throws AuthError `configuration_invalid` for a name that is taken or none */
  add(template: MailTemplate<never>): void;
  /** @throws AuthError `configuration_invalid` if the application has a text for a mail that nobody declared */
  assertComplete(): void;
  /** Writes a mail; `null` if no module of this process has it. */
  render(name: string, data: object): Promise<MailContent> | null;
}

type Render = (data: never, brand: MailBrand) => MailContent | Promise<MailContent>;

export function createKnownMails({ templates, brand }: MailSettings): KnownMails {
  const renders = new Map<string, Render>();
  return {
    add({ name, render }) {
      if (!/^[a-z][a-zA-Z0-9]*\.[a-z][a-zA-Z0-9]*$/.test(name)) {
        throw invalid(`${JSON.stringify(name)} is no name of a mail; they are like "passwordReset.reset"`);
      }
      if (renders.has(name)) throw invalid(`there are two mails called ${name}`);
      renders.set(name, templates.get(name) ?? render);
    },
    assertComplete() {
      const unknown = [...templates.keys()].filter((name) => !renders.has(name));
      if (unknown.length === 0) return;
      const known = [...renders.keys()].join(", ") || "none";
      throw invalid(`templates names mails that no module has: ${unknown.join(", ")}. There are: ${known}`);
    },
    render(name, data) {
      const render = renders.get(name);
      return render ? Promise.resolve().then(() => render(data as never, brand)) : null;
    },
  };
}
