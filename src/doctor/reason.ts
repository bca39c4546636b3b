/** Why a look failed, in the words of the server, the driver or the system: the innermost cause's first line. */
export function reasonOf(error: unknown): string {
  const cause = causeOf(error);
  if (cause !== undefined) return reasonOf(cause);
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split("\n")[0]!.replace(/\.$/, "");
}

function causeOf(error: unknown): unknown {
  // Node tries every address of a host name and reports them all.
  if (error instanceof AggregateError) return error.errors[0] as unknown;
  return error instanceof Error ? error.cause : undefined;
}
