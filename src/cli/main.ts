#!/usr/bin/env node
import { runCli } from "./run-cli.ts";

const exitCode = await runCli(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
});
// A handle made by the configuration file would keep the process alive; what was written must be out before.
process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));
