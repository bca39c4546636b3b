export { createAuth } from "./auth.ts";
export type {
  Auth,
  AuthCleanUpResult,
  AuthDatabase,
  AuthOperations,
  JoinedOperations,
  PendingResults,
  SessionSource,
  SynchronousHandle,
} from "./auth.ts";
export type { AuthOptions } from "./auth-options.ts";
export type { Clock } from "./clock.ts";
export type { CleanUpOptions, CleanUpResult } from "./core/clean-up/clean-up.ts";
export type { Core, JoinedCore } from "./core/core.ts";
export type { ChangedPassword, ChangePasswordInput } from "./core/credentials/change-password.ts";
export type { DeleteUserInput } from "./core/credentials/delete-own-user.ts";
export type { PreparedPassword } from "./core/prepared-password.ts";
export { isPending } from "./core/pending.ts";
export type { PendingOperation, PendingSignIn } from "./core/pending.ts";
export type { ConfirmPasswordInput } from "./core/credentials/confirm-session.ts";
export type { RequestContext } from "./core/request-context.ts";
export type { SecurityEvent, SecurityEventType } from "./core/security-event.ts";
export type { ResultMode, ResultOf } from "./core/runner.ts";
export type { CurrentSession, NewSession, Session } from "./core/session.ts";
export type { SignInInput } from "./core/sign-in/sign-in.ts";
export type { SignUpInput } from "./core/sign-up/prepare-sign-up.ts";
export type { PreparedSignUp } from "./core/sign-up/prepared-sign-up.ts";
export type { User } from "./core/user.ts";
export type { CreateUserInput } from "./core/users/create-user.ts";
export type { UpdateUserInput } from "./core/users/update-user.ts";
export type { JoinedUsers, ListUsersOptions, UserDirectory, Users } from "./core/users/user-directory.ts";
export type { LockoutOptions } from "./core/lockout/lockout-settings.ts";
export type { SessionOptions } from "./core/sessions/session-settings.ts";
export { argon2idHasher } from "./crypto/password-hasher.ts";
export type { Argon2idOptions, PasswordHasher, PasswordVerification } from "./crypto/password-hasher.ts";
export type { PasswordContext, PasswordPolicyOptions } from "./crypto/password-policy.ts";
export type { DatabaseStats, DialectName, Namespace, StatementsMode } from "./database/database.ts";
export type { NamespaceOption } from "./database/namespace.ts";
export type { PoolLimits } from "./database/pool-limits.ts";
export { AuthError, authErrorCodes, isAuthError } from "./errors.ts";
export type {
  AnyErrorCode,
  AuthErrorCode,
  AuthErrorData,
  AuthErrorDataOf,
  InputIssue,
  ModuleErrorCode,
  PasswordRejection,
} from "./errors.ts";
export type { JsonSchema } from "./http/description/json-schema.ts";
export type { OpenApiDocument, OpenApiOptions } from "./http/description/describe-api.ts";
export type { OpenApiOperation } from "./http/description/operation.ts";
export type { OpenedSession, RequestDetails } from "./http/browser-sessions.ts";
export type { HttpHandler } from "./http/create-handler.ts";
export type { HttpOptions } from "./http/http-settings.ts";
export type { RandomSource } from "./ids.ts";
export type { Log, LogEntry } from "./log.ts";
export type { MigrationProgress, SchemaReport } from "./schema/schema-manager.ts";
