import type { AppAuth } from "../open-auth.ts";
import { doneMessage } from "../pages/done-message.ts";
import { explainProblem } from "../pages/explain-problem.ts";
import type { Problem } from "../pages/form.ts";
import { leaderboardPage } from "../pages/leaderboard/leaderboard-page.ts";
import { type Answer, field, forSignedIn, type Routes, type Visit } from "../web/visit.ts";

export function leaderboardRoutes(auth: AppAuth): Routes {
  return {
    "GET /leaderboard": (visit) => showLeaderboard(auth, visit),

    "POST /leaderboard/join": forSignedIn(async (visit) => {
      const displayName = field(visit.form, "displayName");
      try {
        await auth.referrals.setProfile(visit.current.user.id, { displayName, listed: true });
        return { location: "/leaderboard?done=on-leaderboard" };
      } catch (error) {
        const { status } = explainProblem(error);
        const message = "A name has 1 to 40 characters that can be seen.";
        return showLeaderboard(auth, visit, { status, field: "displayName", message });
      }
    }),

    "POST /leaderboard/leave": forSignedIn(async ({ current: { user } }) => {
      const { displayName } = await auth.referrals.getProfile(user.id);
      await auth.referrals.setProfile(user.id, { displayName, listed: false });
      return { location: "/leaderboard?done=off-leaderboard" };
    }),
  };
}

async function showLeaderboard(
  auth: AppAuth,
  { current, query, form }: Visit,
  problem: Problem | null = null,
): Promise<Answer> {
  const user = current?.user ?? null;
  const [leaders, stats, profile, own] = await Promise.all([
    auth.referrals.leaderboard(),
    auth.referrals.programStats(),
    user === null ? null : auth.referrals.getProfile(user.id),
    user === null ? null : auth.referrals.stats(user.id, { days: 1 }),
  ]);
  const draft = problem === null ? null : field(form, "displayName");
  const done = problem === null ? doneMessage(query) : null;
  return {
    status: problem?.status ?? 200,
    page: leaderboardPage({
      user,
      leaders,
      stats,
      profile,
      counted: own?.qualified ?? 0,
      draft,
      problem,
      done,
    }),
  };
}
