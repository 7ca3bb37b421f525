import type { EntitySchemaColumnOptions, EntitySchemaIndexOptions } from 'typeorm';

type More = Omit<EntitySchemaColumnOptions, 'type' | 'name'>;
type Column = (name: string, more?: More) => EntitySchemaColumnOptions;

/** Columns by PostgreSQL type: each takes the column's name and what is special about it. */
export const text: Column = (name, more = {}) => ({ ...more, type: 'text', name });
export const time: Column = (name, more = {}) => ({ ...more, type: 'timestamptz', name });
export const integer: Column = (name, more = {}) => ({ ...more, type: 'integer', name });
export const smallint: Column = (name, more = {}) => ({ ...more, type: 'smallint', name });
export const flag: Column = (name, more = {}) => ({ ...more, type: 'boolean', name });
/** A calendar day, `yyyy-mm-dd` as text. */
export const day: Column = (name, more = {}) => ({ ...more, type: 'date', name });
export const json: Column = (name, more = {}) => ({ ...more, type: 'jsonb', name });
/** JSON that is kept as the text it came as, for what is written often and seldom looked into. */
export const jsonText: Column = (name, more = {}) => ({ ...more, type: 'json', name });
/** Counts and fen: exact up to 2^53, far above FEN_MAX, so a number will do where pg hands out text. */
export const bigint: Column = (name, more = {}) => ({ ...more, type: 'bigint', name, transformer: wholeNumber });

export const NULLABLE = { nullable: true } as const;

/** Marks a column of a primary key by the key's name. */
export function key(constraint: string): More {
  return { primary: true, primaryKeyConstraintName: constraint };
}

/** A check of the migration by its name: that is what the schema builder compares, so the condition stands once. */
export function check(name: string): { readonly name: string; readonly expression: string } {
  return { name, expression: 'stated in the migration' };
}

/** The database counts it up. TypeORM handles identity columns, but the types of EntitySchema leave the word out. */
export const IDENTITY: More = { generated: 'identity' as 'increment' };

/** An index whose order or condition the schema builder cannot express; it keeps off it by name. */
export function ownIndex(name: string, columns: readonly string[]): EntitySchemaIndexOptions {
  return { name, columns: [...columns], synchronize: false };
}

const wholeNumber = {
  to: (value: unknown): unknown => value,
  from: (value: string | null): number | null => (value === null ? null : Number(value)),
};
