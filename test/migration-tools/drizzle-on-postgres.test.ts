import { describeEmptyFolder } from "./support/drizzle-empty-folder.ts";
import { drizzle } from "./support/drizzle-tool.ts";
import { testPush, testPushWithoutExclude } from "./support/push-tests.ts";
import { describeRoundTrip } from "./support/round-trip.ts";

describeRoundTrip(drizzle, { dialect: "postgres" }, (trip) => testPush(drizzle, trip));
describeRoundTrip(
  drizzle,
  { dialect: "postgres", option: { schema: "public", prefix: "wispy_" } },
  (trip) => {
    testPush(drizzle, trip);
    testPushWithoutExclude(drizzle, trip);
  },
);
describeEmptyFolder("postgres");
