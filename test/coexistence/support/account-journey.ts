import { newCredentials, type TestAuth } from "../../support/create-test-auth.ts";
import { createHttpClient, type HttpAnswer } from "../../support/http-client.ts";

/** What a journey's requests came to. */
export interface JourneyReport {
  readonly requests: number;
  /** Steps that were answered otherwise than they should be, with what they got. */
  readonly wrong: readonly string[];
}

/** One user with two devices, from sign-up to sign-out, through the HTTP handler. */
export async function travel(auth: TestAuth): Promise<JourneyReport> {
  const [laptop, phone] = [createHttpClient(auth), createHttpClient(auth)];
  const { email, password } = newCredentials();
  const newPassword = `${password}!`;
  const wrong: string[] = [];
  let requests = 0;
  const step = async (name: string, status: number, answer: Promise<HttpAnswer>): Promise<HttpAnswer> => {
    requests += 1;
    const given = await answer;
    if (given.status !== status) wrong.push(`${name}: ${given.status} ${JSON.stringify(given.body)}`);
    return given;
  };
  await step("sign up", 201, laptop.post("/sign-up", { email, password }));
  await step("same address again", 409, phone.post("/sign-up", { email, password }));
  await step("session", 200, laptop.get("/session"));
  const second = await step("sign in", 200, phone.post("/sign-in", { email, password }));
  const { body } = await step("sessions", 200, laptop.get("/sessions"));
  if ((body?.["sessions"] as unknown[] | undefined)?.length !== 2)
    wrong.push(`sessions: ${JSON.stringify(body)}`);
  const { id } = (second.body?.["session"] ?? {}) as { id?: string };
  await step("revoke", 204, laptop.delete(`/sessions/${id}`));
  await step("revoked session", 401, phone.get("/session"));
  const change = { currentPassword: password, newPassword };
  await step("change password", 200, laptop.post("/password/change", change));
  await step("old password", 401, phone.post("/sign-in", { email, password }));
  await step("new password", 200, phone.post("/sign-in", { email, password: newPassword }));
  await Promise.all([1, 2, 3].map(() => step("session", 200, phone.get("/session"))));
  await step("end others", 200, phone.delete("/sessions"));
  await step("ended session", 401, laptop.get("/session"));
  await step("sign out", 204, phone.post("/sign-out"));
  await step("signed out", 401, phone.get("/session"));
  return { requests, wrong };
}

/** Journeys of many callers at once, each `rounds` times. */
export async function travelTogether(
  auth: TestAuth,
  { callers, rounds }: { readonly callers: number; readonly rounds: number },
): Promise<JourneyReport> {
  const reports: JourneyReport[] = [];
  const caller = async (): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) reports.push(await travel(auth));
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return {
    requests: reports.reduce((sum, report) => sum + report.requests, 0),
    wrong: reports.flatMap((report) => report.wrong),
  };
}
