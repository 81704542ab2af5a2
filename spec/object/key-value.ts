/**
 * The key-value store: a text for each key, which is got, put and appended to.
 *
 * Source of every rule: MIT 6.824, lab 3 (2018), "Fault-tolerant key/value service": Put, Append, Get.
 */
import { match } from 'ts-pattern';
import type { ThreadId } from '#spec/abi.ts';
import { type Outcome, returns } from '#spec/outcome.ts';

/** The text of each key that was ever written. */
export interface KeyValue {
  texts: Record<string, string>;
}

export type KeyValueCall =
  | { readonly tag: 'get'; readonly key: string }
  | { readonly tag: 'put'; readonly key: string; readonly text: string }
  | { readonly tag: 'append'; readonly key: string; readonly text: string };

/** `get` answers the text, the others 'ok'. */
type Outcomes = readonly Outcome<KeyValue, KeyValueCall, string>[];

/** All that `call` may do now. Total: every call has its outcomes in every state. */
export const outcomes = (store: KeyValue, _caller: ThreadId, call: KeyValueCall): Outcomes => rule(call)(store);

/** What `call` does, for each store: whoever asks about many stores has it dispatched once. */
export const rule = (call: KeyValueCall): ((store: KeyValue) => Outcomes) =>
  match(call)
    .returnType<(store: KeyValue) => Outcomes>()
    .with(
      { tag: 'get' },
      ({ key }) =>
        (store) =>
          returns<KeyValue, string>(textOf(store, key)),
    )
    .with(
      { tag: 'put' },
      ({ key, text }) =>
        () =>
          put(key, text),
    )
    .with(
      { tag: 'append' },
      ({ key, text }) =>
        (store) =>
          put(key, textOf(store, key) + text),
    )
    .exhaustive();

/** Whether a call cannot have changed anything, whatever it answered. */
export const readsOnly = ({ tag }: KeyValueCall): boolean => tag === 'get';

/**
 * Whether a get may yet answer this text, if from now on only `others` happen before: what is appended stays, so it
 * begins with the text that is there, or with one that is put.
 */
export const mayAnswer = (
  store: KeyValue,
  { key }: KeyValueCall,
  text: string,
  others: Iterable<KeyValueCall>,
): boolean => {
  if (text.startsWith(textOf(store, key))) return true;
  for (const other of others) if (other.tag === 'put' && other.key === key && text.startsWith(other.text)) return true;
  return false;
};

/** Calls about different parts of the state neither see nor disturb each other. */
export const partOf = ({ key }: KeyValueCall): string => key;

/** A key that was never written has the empty text. Source: lab 3, "Get for a non-existent key returns an empty string". */
const textOf = ({ texts }: KeyValue, key: string): string => texts[key] ?? '';

/** The key has this text from now on. Source: lab 3, Put; Append puts the old text with the new one behind it. */
const put = (key: string, text: string): Outcomes =>
  returns('ok', (draft) => {
    draft.texts[key] = text;
  });
