import { checkTypes, declarationsOf } from "../support/type-check.mjs";
import { hostOf, MODULES, thirdPartyModule } from "../support/typed-host.mjs";

const BELOW = 20_000;

/**
 * What the types of modules cost an application's compiler: of a host without modules, and of one with referrals and
 * eleven modules of other people, each with sign-up fields, an answer and an API. The host uses all of it, and does not
 * compile if anything is `any` or less than exact. Modules come as packages do, with declarations; what it costs to
 * check the source of all eleven beside the host, as nobody has to, has no target.
 *
 * @returns {Promise<import("../support/report.mjs").Finding[]>}
 */
export async function measureTypeCost() {
  const sources = Object.fromEntries(MODULES.map((name) => [`${name}.ts`, thirdPartyModule(name)]));
  const [plain, full] = [hostOf([]), hostOf(["referrals", ...MODULES])];
  return [
    finding("a host without modules", checkTypes({ "host.ts": plain })),
    finding("a host with 12 modules", checkTypes({ ...declarationsOf(sources), "host.ts": full }), {
      target: { sign: "<", limit: BELOW },
    }),
    finding("the same and the source of eleven", checkTypes({ ...sources, "host.ts": full })),
  ];
}

function finding(measure, { instantiations, types }, rest) {
  return { measure, figures: { "wispy-auth": instantiations, "types made": types }, ...rest };
}
