import type { DialectName } from "../../../src/database/database.ts";

/** An application's handle on the database. */
interface Host {
  readonly dialect: DialectName;
  query(text: string): Promise<unknown>;
}

/**
 * The tables of the Go library as its own files make them: github.com/wispberry-tech/wispy-auth at commit 89e856b,
 * `core/sql/{postgres,sqlite}_core.sql` and `referrals/sql/{postgres,sqlite}_referrals.sql`. The same tables,
 * columns, types, defaults, keys and indexes, in the same order; its view `referral_stats` is left out.
 */
export async function createGoTables(host: Host, place = ""): Promise<void> {
  const words = dialects[host.dialect];
  for (const text of [...coreTables(words), ...referralTables(words)]) {
    await host.query(text.replaceAll("{}", place).replace("{i}", place.replaceAll(/\W/g, "")));
  }
}

interface Words {
  readonly id: string;
  readonly uuid: string;
  readonly time: string;
  readonly now: string;
  readonly ip: string;
  readonly json: string;
}

const dialects: Record<DialectName, Words> = {
  postgres: {
    id: "SERIAL PRIMARY KEY",
    uuid: "UUID UNIQUE NOT NULL DEFAULT gen_random_uuid()",
    time: "TIMESTAMP WITH TIME ZONE",
    now: "TIMESTAMP WITH TIME ZONE DEFAULT NOW()",
    ip: "INET",
    json: "JSONB",
  },
  sqlite: {
    id: "INTEGER PRIMARY KEY AUTOINCREMENT",
    uuid: `TEXT UNIQUE NOT NULL DEFAULT (lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-4' ||
      substr(lower(hex(randomblob(2))),2) || '-' || substr('89ab',abs(random()) % 4 + 1, 1) ||
      substr(lower(hex(randomblob(2))),2) || '-' || lower(hex(randomblob(6))))`,
    time: "DATETIME",
    now: "DATETIME DEFAULT CURRENT_TIMESTAMP",
    ip: "VARCHAR(45)",
    json: "TEXT",
  },
};

const coreTables = ({ id, uuid, time, now, ip, json }: Words): readonly string[] => [
  `CREATE TABLE {}users (
    id ${id}, uuid ${uuid}, email VARCHAR(255) UNIQUE NOT NULL, username VARCHAR(100), first_name VARCHAR(100),
    last_name VARCHAR(100), password_hash VARCHAR(255), avatar_url TEXT, provider VARCHAR(50) DEFAULT 'email',
    provider_id VARCHAR(255), email_verified BOOLEAN DEFAULT FALSE, is_active BOOLEAN DEFAULT TRUE,
    is_suspended BOOLEAN DEFAULT FALSE, created_at ${now}, updated_at ${now}
  )`,
  `CREATE TABLE {}user_security (
    user_id INTEGER PRIMARY KEY, login_attempts INTEGER DEFAULT 0, locked_until ${time}, last_login_at ${time},
    last_login_ip ${ip}, last_failed_login_at ${time}, last_failed_login_ip ${ip}, password_changed_at ${time},
    force_password_change BOOLEAN DEFAULT FALSE, two_factor_enabled BOOLEAN DEFAULT FALSE,
    two_factor_secret VARCHAR(255), two_factor_backup_codes TEXT, two_factor_verified_at ${time},
    concurrent_sessions INTEGER DEFAULT 0, last_session_token VARCHAR(255), device_fingerprint VARCHAR(255),
    known_devices TEXT, security_version INTEGER DEFAULT 1, risk_score INTEGER DEFAULT 0,
    suspicious_activity_count INTEGER DEFAULT 0, created_at ${now}, updated_at ${now},
    FOREIGN KEY (user_id) REFERENCES {}users(id) ON DELETE CASCADE
  )`,
  `CREATE TABLE {}sessions (
    id ${id}, token VARCHAR(255) UNIQUE NOT NULL, user_id INTEGER NOT NULL, expires_at ${time} NOT NULL,
    last_accessed_at ${now}, user_agent TEXT, ip_address ${ip}, device_fingerprint VARCHAR(255),
    is_active BOOLEAN DEFAULT TRUE, created_at ${now},
    FOREIGN KEY (user_id) REFERENCES {}users(id) ON DELETE CASCADE
  )`,
  `CREATE TABLE {}security_events (
    id ${id}, user_id INTEGER, event_type VARCHAR(50) NOT NULL, description TEXT, ip_address ${ip}, user_agent TEXT,
    device_fingerprint VARCHAR(255), severity VARCHAR(20) DEFAULT 'info', success BOOLEAN DEFAULT TRUE,
    metadata ${json}, created_at ${now},
    FOREIGN KEY (user_id) REFERENCES {}users(id) ON DELETE CASCADE
  )`,
  `CREATE TABLE {}oauth_states (
    id ${id}, state VARCHAR(255) UNIQUE NOT NULL, csrf VARCHAR(255) NOT NULL, provider VARCHAR(50) NOT NULL,
    redirect_url TEXT, expires_at ${time} NOT NULL, created_at ${now}
  )`,
  ...indexes({
    users: ["email", "uuid", "provider, provider_id"],
    sessions: ["token", "user_id", "expires_at"],
    security_events: ["user_id", "event_type", "created_at"],
    oauth_states: ["state", "expires_at"],
  }),
];

const referralTables = ({ id, time, now }: Words): readonly string[] => [
  `CREATE TABLE {}referral_codes (
    id ${id}, code VARCHAR(50) UNIQUE NOT NULL, generated_by INTEGER NOT NULL, max_uses INTEGER DEFAULT 0,
    current_uses INTEGER DEFAULT 0, is_active BOOLEAN DEFAULT TRUE, expires_at ${time}, created_at ${now},
    updated_at ${now}, FOREIGN KEY (generated_by) REFERENCES {}users(id) ON DELETE CASCADE
  )`,
  `CREATE TABLE {}referral_relationships (
    id ${id}, referrer_user_id INTEGER NOT NULL, referred_user_id INTEGER NOT NULL, referral_code_id INTEGER NOT NULL,
    created_at ${now}, UNIQUE(referred_user_id),
    FOREIGN KEY (referrer_user_id) REFERENCES {}users(id) ON DELETE CASCADE,
    FOREIGN KEY (referred_user_id) REFERENCES {}users(id) ON DELETE CASCADE,
    FOREIGN KEY (referral_code_id) REFERENCES {}referral_codes(id) ON DELETE CASCADE
  )`,
  ...indexes({
    referral_codes: ["code", "generated_by", "is_active", "expires_at"],
    referral_relationships: ["referrer_user_id", "referred_user_id", "referral_code_id"],
  }),
];

// The Go library's names, but for the place: names of indexes are those of a whole SQLite file.
const indexName = (table: string, list: string): string => `"idx_{i}_${table}_${list}"`;

function indexes(columns: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return Object.entries(columns).flatMap(([table, lists]) =>
    lists.map((list) => `CREATE INDEX ${indexName(table, list)} ON {}${table}(${list})`),
  );
}
