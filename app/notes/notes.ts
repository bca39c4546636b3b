export interface Note {
  readonly id: string;
  readonly text: string;
  readonly createdAt: Date;
}

/** The application's own table, on the handle it shares with wispy-auth. A note belongs to a user and goes with them. */
export interface Notes {
  /** The user's notes, latest first, at most 200. */
  list(userId: string): Promise<readonly Note[]>;
  add(userId: string, text: string): Promise<void>;
  /** Nothing happens if the user has no such note. */
  remove(userId: string, id: string): Promise<void>;
}

export const maxNoteLength = 2000;

/** What everybody's first note says. */
export const welcomeText =
  "Welcome! This note was written in the same transaction as your account: either both exist, or neither does.";
