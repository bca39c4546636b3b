import * as z from "zod/mini";

import type { PendingSignIn } from "../../core/pending.ts";
import type { Session } from "../../core/session.ts";
import type { User } from "../../core/user.ts";

/** Dates travel as ISO 8601 text in UTC. */
const timestamp = z.iso.datetime();

/** A user as an answer shows it. */
export const userShape = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  name: z.nullable(z.string()),
  emailVerifiedAt: z.nullable(timestamp),
  createdAt: timestamp,
  updatedAt: timestamp,
});

/** A session as an answer shows it: never its token, nor what is stored of it. */
export const sessionShape = z.strictObject({
  id: z.uuid(),
  createdAt: timestamp,
  authenticatedAt: timestamp,
  lastSeenAt: timestamp,
  expiresAt: timestamp,
  absoluteExpiresAt: timestamp,
  ipAddress: z.nullable(z.string()),
  userAgent: z.nullable(z.string()),
});

/** A sign-in that waits for a step; its token only with `tokenDelivery: "body"`. */
const pendingShape = z.strictObject({
  step: z.string(),
  methods: z.array(z.string()),
  expiresAt: timestamp,
  details: z.record(z.string(), z.string()),
  token: z.optional(z.string()),
});

/** Both tokens only with `tokenDelivery: "body"`. */
export const newSessionShape = z.strictObject({
  user: userShape,
  session: sessionShape,
  token: z.optional(z.string()),
  deviceToken: z.optional(z.string()),
});

export const heldUpShape = z.strictObject({ pending: pendingShape });

/** What signing in answers: a session, or the step that is asked for first. */
export const signedInShape = z.union([newSessionShape, heldUpShape]);

/** What the description of the API calls the shapes that many answers have. */
export const shapeNames = z.registry<{ readonly id: string }>();
shapeNames.add(userShape, { id: "User" });
shapeNames.add(sessionShape, { id: "Session" });
shapeNames.add(pendingShape, { id: "PendingSignIn" });
shapeNames.add(signedInShape, { id: "SignedIn" });

export type SignedInBody = z.infer<typeof signedInShape>;
export type UserBody = z.infer<typeof userShape>;
export type SessionBody = z.infer<typeof sessionShape>;

// Field by field: what the core adds to a user or a session one day stays inside until somebody lists it here.

export function toUserBody(user: User): UserBody {
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    emailVerifiedAt: user.emailVerifiedAt?.toISOString() ?? null,
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
  };
}

export function toPendingBody({ pending }: PendingSignIn): z.infer<typeof pendingShape> {
  const { step, methods, expiresAt, details } = pending;
  return { step, methods: [...methods], expiresAt: expiresAt.toISOString(), details: { ...details } };
}

export function toSessionBody(session: Session): SessionBody {
  return {
    id: session.id,
    createdAt: session.createdAt.toISOString(),
    authenticatedAt: session.authenticatedAt.toISOString(),
    lastSeenAt: session.lastSeenAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    absoluteExpiresAt: session.absoluteExpiresAt.toISOString(),
    ipAddress: session.ipAddress,
    userAgent: session.userAgent,
  };
}
