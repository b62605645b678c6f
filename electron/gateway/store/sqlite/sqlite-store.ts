import BetterSqlite from 'better-sqlite3';
import {
  type Compilable,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Database } from '../schema.ts';
import type { Bindable, Reader, Store, WriteOptions, Writer } from '../store.ts';
import { migrate, refuseNewer } from './migrate.ts';

type Connection = BetterSqlite.Database;

interface Unit {
  readonly work: (writer: Writer) => unknown;
  readonly done: (result: unknown) => void;
  readonly failed: (error: unknown) => void;
}

/** Only compiles: statements run through `Statements`, synchronously. */
const builder = () =>
  new Kysely<Database>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });

/** Prepared statements of one connection, by text. */
class Statements implements Writer {
  readonly #connection: Connection;
  readonly #prepared = new Map<string, BetterSqlite.Statement>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  all<Row>(query: Compilable<Row>): Row[] {
    const { sql, parameters } = query.compile();
    return this.hot<Row>(sql, ...(parameters as Bindable[]));
  }

  get<Row>(query: Compilable<Row>): Row | undefined {
    return this.all(query)[0];
  }

  hot<Row>(text: string, ...parameters: readonly Bindable[]): Row[] {
    return this.#statement(text).all(...parameters) as Row[];
  }

  run(query: Compilable<unknown>): number {
    const { sql, parameters } = query.compile();
    return this.hotRun(sql, ...(parameters as Bindable[]));
  }

  hotRun(text: string, ...parameters: readonly Bindable[]): number {
    return this.#statement(text).run(...parameters).changes;
  }

  #statement(text: string): BetterSqlite.Statement {
    let statement = this.#prepared.get(text);
    if (!statement) {
      // Lists of ids make texts of many lengths; a bound keeps the cache from growing with them.
      if (this.#prepared.size >= 500) this.#prepared.clear();
      statement = this.#connection.prepare(text);
      this.#prepared.set(text, statement);
    }
    return statement;
  }
}

/**
 * One writing connection, one reading connection (WAL: readers see the last commit and never wait). Opening migrates;
 * a database from a newer Atelier is refused before anything is changed.
 *
 * @param path file of the database; its folder must exist
 */
export function openSqliteStore(path: string): Store {
  const connection = new BetterSqlite(path);
  try {
    connection.pragma('busy_timeout = 5000');
    refuseNewer(connection, path);
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    migrate(connection, path);
    const reading = new BetterSqlite(path, { readonly: true });
    reading.pragma('busy_timeout = 5000');
    return new SqliteStore(connection, reading);
  } catch (error) {
    connection.close();
    throw error;
  }
}

class SqliteStore implements Store {
  readonly sql = builder();
  readonly read: Reader;
  readonly #connection: Connection;
  readonly #reading: Connection;
  readonly #writer: Statements;
  #due: Unit[] = [];
  /** The commit that is under way, and the one for those who can wait. */
  #soon: NodeJS.Immediate | undefined;
  #patience: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(connection: Connection, reading: Connection) {
    this.#connection = connection;
    this.#reading = reading;
    this.#writer = new Statements(connection);
    this.read = new Statements(reading);
  }

  write<Result>(work: (writer: Writer) => Result, { withinMs = 0 }: WriteOptions = {}): Promise<Result> {
    if (this.#closed) return Promise.reject(new Error('the store is closed'));
    return new Promise<Result>((done, failed) => {
      this.#due.push({ work, done: done as (result: unknown) => void, failed });
      if (withinMs > 0) this.#patience ??= setTimeout(() => this.#commit(), withinMs);
      // setImmediate runs after the pending I/O callbacks: requests that arrived together commit together.
      else this.#soon ??= setImmediate(() => this.#commit());
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#commit();
    if (this.#connection.open) {
      this.#connection.pragma('optimize');
      this.#reading.close();
      this.#connection.close();
    }
    return Promise.resolve();
  }

  #commit(): void {
    clearTimeout(this.#patience);
    clearImmediate(this.#soon);
    this.#patience = undefined;
    this.#soon = undefined;
    const units = this.#due;
    if (units.length === 0) return;
    this.#due = [];
    const settle: (() => void)[] = [];
    try {
      this.#connection.exec('BEGIN IMMEDIATE');
      for (const unit of units) settle.push(this.#runUnit(unit));
      this.#connection.exec('COMMIT');
    } catch (error) {
      if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK');
      for (const unit of units) unit.failed(error);
      return;
    }
    for (const tell of settle) tell();
  }

  /** Runs one unit inside the open transaction; what it tells its caller waits for the commit. */
  #runUnit(unit: Unit): () => void {
    this.#connection.exec('SAVEPOINT unit');
    try {
      const result = unit.work(this.#writer);
      // What it does after its first await would run outside of the transaction, or inside somebody else's.
      if (result instanceof Promise) throw new TypeError('a unit of work must be synchronous');
      this.#connection.exec('RELEASE unit');
      return () => unit.done(result);
    } catch (error) {
      this.#connection.exec('ROLLBACK TO unit');
      this.#connection.exec('RELEASE unit');
      return () => unit.failed(error);
    }
  }
}
