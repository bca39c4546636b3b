/** What a module is written with: ours use exactly this, and nothing else. */
export type { ModuleAccounts, ModuleSignUp, ProvenSignIn } from "./contract/accounts.ts";
export { adoptRows } from "./contract/adoption.ts";
export type {
  AdoptedRow,
  AdoptionFindingText,
  OldColumn,
  OldColumns,
  OldRowOf,
  RowAdoption,
  RowJudgement,
} from "./contract/adoption.ts";
export { defineModule } from "./contract/module.ts";
export type {
  Module,
  ModuleContext,
  ModuleDatabase,
  ModuleDefinition,
  ModuleEvent,
  ModuleHooks,
  ModuleSignUpDraft,
  SignInCall,
  SignUpScript,
  StartedModule,
} from "./contract/module.ts";
export { layOutMail } from "./contract/mail-layout.ts";
export type { MailLayout, MailPart } from "./contract/mail-layout.ts";
export type {
  MailBrand,
  MailContent,
  MailData,
  MailQueue,
  MailRender,
  MailTemplate,
  OutgoingMail,
  QueuedMail,
} from "./contract/mail.ts";
export { defineContract, implementRoute } from "./contract/route.ts";
export type {
  CookieChanges,
  ModuleCookie,
  Credential,
  HttpMethod,
  Route,
  RouteAnswer,
  RouteCall,
  RouteContract,
  RouteLiterals,
  SessionCookie,
} from "./contract/route.ts";
export type {
  JsonSchemaConverter,
  JsonSchemaOptions,
  Schema,
  SchemaIssue,
  SchemaResult,
} from "./contract/schema.ts";
export type { Signer } from "./crypto/keyring.ts";
export type { Sealer } from "./crypto/sealer.ts";
export { addSeconds, systemClock } from "./clock.ts";
export type { Clock } from "./clock.ts";
export type {
  Attempt,
  NewAccount,
  OpenedSession,
  ProvenUser,
  SignUpChain,
  SignUpDraft,
  UserChange,
} from "./core/hooks.ts";
export type { ClientDetails } from "./core/input/client-details.ts";
export { isPending } from "./core/pending.ts";
export type { PendingOperation, PendingSignIn, StepRequest } from "./core/pending.ts";
export type { PreparedPassword } from "./core/prepared-password.ts";
export { readClientDetails } from "./core/input/client-details.ts";
export { readEmailAddress } from "./core/input/email-address.ts";
export type { EmailAddress } from "./core/input/email-address.ts";
export { createSixDigitCode } from "./crypto/six-digit-code.ts";
export { createToken, hashToken, parseToken } from "./crypto/token.ts";
export type { CreatedToken } from "./crypto/token.ts";
export type { RequestContext } from "./core/request-context.ts";
export type { CurrentSession, NewSession, Session } from "./core/session.ts";
export type { User } from "./core/user.ts";
/** The core's tables, to be read and joined by modules, never written. */
export { users as usersTable } from "./core/users/users-table.ts";
export { sessions as sessionsTable } from "./core/sessions/sessions-table.ts";
export { devices as devicesTable } from "./core/devices/devices-table.ts";
export type { DialectName, TransactionOptions } from "./database/database.ts";
export type { Chain, Script, Transaction, TransactionScript } from "./database/script.ts";
export { byDialect, expression, guard, sql } from "./database/statements/fragment.ts";
export type { Expression, Fragment, Parameter, SqlNode } from "./database/statements/fragment.ts";
export { headValue } from "./database/statements/head-value.ts";
export type { Given, HeadValue } from "./database/statements/head-value.ts";
export { insertInto, statement } from "./database/statements/statement.ts";
export type { Call, RowOf, Statement, StatementDefinition } from "./database/statements/statement.ts";
export { aliased, table } from "./database/statements/table.ts";
export type { Column, Table, TableInfo } from "./database/statements/table.ts";
export {
  boolean,
  bytes,
  integer,
  json,
  nullable,
  text,
  timestamp,
  uuid,
} from "./database/statements/value-type.ts";
export type { JsonValue, ValueType } from "./database/statements/value-type.ts";
export { AuthError, isAuthError } from "./errors.ts";
export type { AnyErrorCode, AuthErrorCode, InputIssue, ModuleErrorCode } from "./errors.ts";
export { firstIdOf, isUuid } from "./ids.ts";
export type { IdSource, RandomSource } from "./ids.ts";
export type { Migration } from "./schema/migration.ts";
