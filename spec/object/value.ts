/** A plain value that a history can tell. Null: none. */
export type Value = string | number | boolean | null;
