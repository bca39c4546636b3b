import { describeEmptyFolder } from "./support/drizzle-empty-folder.ts";
import { drizzle } from "./support/drizzle-tool.ts";
import { testPush, testPushWithoutExclude } from "./support/push-tests.ts";
import { describeRoundTrip } from "./support/round-trip.ts";

describeRoundTrip(drizzle, { dialect: "sqlite" }, (trip) => {
  testPush(drizzle, trip);
  testPushWithoutExclude(drizzle, trip);
});
describeEmptyFolder("sqlite");
