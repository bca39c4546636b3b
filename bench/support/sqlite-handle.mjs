/** @param {object} database Of any package that is used like better-sqlite3. @returns {import("./handles.mjs").OpenHandle} */
export function sqliteHandle(database) {
  return {
    dialect: "sqlite",
    handle: database,
    async query(text) {
      const isRead = text.startsWith("select");
      return isRead ? database.prepare(text).all() : (database.exec(text), []);
    },
    close: async () => void database.close(),
  };
}
