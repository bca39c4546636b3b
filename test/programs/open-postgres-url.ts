// Opens the URL it is given and prints what became of it, as JSON.
import { connect } from "../../src/database/connect.ts";
import { isAuthError } from "../../src/errors.ts";

try {
  await connect(process.argv[2]!);
} catch (error) {
  if (!isAuthError(error)) throw error;
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
