import { checkTypes, declarationsOf } from "../support/type-check.mjs";
import {
  hostOfOwnPlugins,
  hostOfPlugins,
  plainHost,
  thirdPartyPlugin,
} from "../support/typed-better-host.mjs";
import { hostOf, MODULES, thirdPartyModule } from "../support/typed-host.mjs";
import { typedPage } from "../support/typed-page.mjs";

const BELOW = 20_000;

/**
 * What the types of modules cost an application's compiler: of a host without modules, and of one with referrals and
 * eleven modules of other people, each with sign-up fields, an answer and an API. The host uses all of it, and does not
 * compile if anything is `any` or less than exact. Modules come as packages do, with declarations; what it costs to
 * check the source of all eleven beside the host, as nobody has to, has no target. better-auth's host has
 * organizations and eleven plugins with the same table, fields and calls, or twelve plugins of its own. The
 * declarations are what the host's `auth` becomes where another package imports it. The page calls the core and five modules
 * of ours by `wispy-auth/client`.
 *
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureTypeCost() {
  const ours = costOf({
    sources: filesOf(thirdPartyModule),
    plain: hostOf([]),
    full: hostOf(["referrals", ...MODULES]),
  });
  const theirs = costOf({
    sources: filesOf(thirdPartyPlugin),
    plain: plainHost(),
    full: hostOfPlugins(MODULES),
  });
  const own = checkTypes({ "host.ts": hostOfOwnPlugins() });
  const page = checkTypes({ "page.ts": typedPage() });
  return [
    finding("a host without modules", { ours: ours.plain, theirs: theirs.plain }),
    finding(
      "a host with 12 modules",
      { ours: ours.full, theirs: theirs.full },
      { target: { sign: "<", limit: BELOW } },
    ),
    finding("the same and the source of eleven", { ours: ours.withSource, theirs: theirs.withSource }),
    { measure: "a host with 12 plugins of its own", figures: { "better-auth": own.instantiations } },
    {
      measure: "declarations of the host with 12 modules",
      figures: { "wispy-auth": ours.declared, "better-auth": theirs.declared },
      unit: "KB",
    },
    {
      measure: "a page with the client and 5 modules",
      figures: { "wispy-auth": page.instantiations, "types made": page.types },
      target: { sign: "<", limit: BELOW },
    },
  ];
}

function filesOf(source) {
  return Object.fromEntries(MODULES.map((name) => [`${name}.ts`, source(name)]));
}

function costOf({ sources, plain, full }) {
  return {
    plain: checkTypes({ "host.ts": plain }),
    full: checkTypes({ ...declarationsOf(sources), "host.ts": full }),
    withSource: checkTypes({ ...sources, "host.ts": full }),
    declared: declarationsOf({ ...sources, "host.ts": full })["host.d.ts"].length / 1024,
  };
}

function finding(measure, { ours, theirs }, rest) {
  const figures = {
    "wispy-auth": ours.instantiations,
    "types made": ours.types,
    "better-auth": theirs.instantiations,
    "types made there": theirs.types,
  };
  return { measure, figures, ...rest };
}
