import type { en } from './en.ts';

/** Further plural forms that a language may have beside English's `_one` and `_other`. */
type FurtherForm<Key> = Key extends `${infer Base}_other` ? `${Base}_few` | `${Base}_many` : never;

type Translated<T> = {
  readonly [Key in keyof T]: T[Key] extends string ? string : Translated<T[Key]>;
} & { readonly [Key in keyof T as FurtherForm<Key>]?: string };

/** The shape of every language: all sentences of English, none missing, none unknown. */
export type Locale = Translated<typeof en>;
