// What the documents' examples take as given.
declare const request: Request;
declare const email: string;
declare const password: string;
declare const code: string;
declare const userId: string;
declare const token: string;
declare const pool: import("pg").Pool;
declare const auth: import("wispy-auth").Auth<import("pg").Pool>;
