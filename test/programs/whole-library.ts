export * from "wispy-auth";
