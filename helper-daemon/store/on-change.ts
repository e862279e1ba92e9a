import type Database from "better-sqlite3";

/**
 * Calls back whenever this connection, the only one that writes, adds or removes a row of a table: before the change is
 * durable, and also where it is then taken back. So that what is asked at every decision asks no disk.
 */
export function onChange(database: Database.Database, table: string, changed: () => void): void {
  const name = `${table}_changed`;
  database.function(name, () => {
    changed();
    return null;
  });
  for (const change of ["INSERT", "UPDATE", "DELETE"])
    database.exec(`CREATE TEMP TRIGGER ${name}_${change} AFTER ${change} ON main.${table} BEGIN SELECT ${name}(); END`);
}
