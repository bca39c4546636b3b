/**
 * How SQLite stores what a column of a declared type is given; see https://sqlite.org/datatype3.html#determination_of_column_affinity.
 * `uuid` is numeric by its rules; since no UUID looks like a number, it holds text all the same.
 */
export function sqliteAffinity(declared: string): "text" | "integer" | "blob" | "real" | "numeric" {
  const type = declared.toLowerCase();
  if (type.includes("uuid")) return "text";
  if (type.includes("int")) return "integer";
  if (/char|clob|text/.test(type)) return "text";
  if (type === "" || type.includes("blob")) return "blob";
  return /real|floa|doub/.test(type) ? "real" : "numeric";
}
