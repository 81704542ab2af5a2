import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { repositoryUrl } from '#model/engine/load/hooks.ts';
import type { Subject } from '#model/subject.ts';

/** What a comment of a spec says. */
export interface SpecText {
  readonly file: string;
  readonly text: string;
  /** Where it is from; null: neither it nor its file says so. */
  readonly source: string | null;
}

/** A branch of a dispatch: for which tags it is, and what it does. */
interface Branch {
  readonly tags: readonly string[];
  readonly body: string;
}

interface SpecFile {
  readonly path: string;
  readonly text: string;
}

/** The text of a subject's spec, its own file first: what stands there of each call, and of the state. */
export class SpecSource {
  readonly #files: readonly SpecFile[];
  readonly #others: readonly string[];

  /** `others`: the variants that are not asked about; what the spec says of them alone is left out. */
  constructor(files: readonly SpecFile[], others: readonly string[]) {
    this.#files = files;
    this.#others = others;
  }

  /**
   * What is said of a call, one text for each of its parts: the comment of the function that its tag is dispatched to,
   * then of those for what remains of it (`rest of ...`). Empty: no function with a comment.
   */
  ofCall(tag: string): readonly SpecText[] {
    const names: string[] = [];
    const tags = [tag];
    for (const part of tags) {
      for (const name of this.#handlers(part)) {
        if (names.includes(name)) continue;
        names.push(name);
        const rests = [...this.#bodyOf(name).matchAll(/tag: '(rest of [^']+)'/g)].map(([, rest]) => rest as string);
        tags.push(...rests.filter((rest) => !tags.includes(rest)));
      }
    }
    return this.#told(names);
  }

  /** What is said at its head, of all calls and the state together. Undefined: nothing. */
  ofHead(): SpecText | undefined {
    const file = this.#files[0];
    const head = file && headOf(file.text);
    return file && head && { ...head, file: file.path, text: withoutOthers(head.text, this.#others) };
  }

  /**
   * The functions that say what is done for a tag. Where several branches name it, the one that names the fewest others
   * counts, and of those the first. One that only chooses between others stands for them.
   */
  #handlers(tag: string): readonly string[] {
    const branches = this.#files.flatMap(({ text }) => branchesOf(text));
    const [branch] = branches
      .filter(({ tags }) => tags.includes(tag))
      .toSorted((a, b) => a.tags.length - b.tags.length);
    const [name] = this.#documented(branch?.body ?? (branches.length === 0 ? this.#bodyOf('outcomes') : ''));
    if (name === undefined) return [];
    const body = this.#bodyOf(name).trim();
    const isChoice = !body.startsWith('{') && !/\b(returns|continues|waits|fails)\b/.test(body);
    const chosen = isChoice ? this.#documented(body) : [];
    return chosen.length > 1 ? chosen : [name];
  }

  /** What these declarations say, where they say anything of this variant. */
  #told(names: readonly string[]): SpecText[] {
    return names.flatMap((name) => {
      const found = this.#declaration(name);
      if (!found) return [];
      const said = sayingOf(found.comment);
      const text = withoutOthers(said.text, this.#others);
      const { path } = found.file;
      return text === '' ? [] : [{ file: path, text, source: placedIn(said.source, this.ofHead()?.source ?? null) }];
    });
  }

  /** The functions called in a piece of the spec that are its own and have a comment, each once. */
  #documented(piece: string): string[] {
    const called = piece.match(/\b\w+(?=\()/g) ?? [];
    return [...new Set(called)].filter((name) => this.#declaration(name));
  }

  #bodyOf(name: string): string {
    const declared = this.#declaration(name);
    return declared ? (/=>([\s\S]*)/.exec(declared.code)?.[1] ?? '') : '';
  }

  /** A declaration that has a comment: up to the next line that is empty, or ends a block. */
  #declaration(name: string): { readonly file: SpecFile; readonly comment: string; readonly code: string } | undefined {
    for (const file of this.#files) {
      const pattern = new RegExp(
        `/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\n(?:export )?(?:const|interface|type) ${name}\\b([\\s\\S]*?)(?:\\n\\n|\\n\\}|$)`,
      );
      const [found, comment, code] = pattern.exec(file.text) ?? [];
      if (found !== undefined) return { file, comment: comment as string, code: code as string };
    }
    return undefined;
  }
}

/** Reads the spec of a subject, as it is of a variant: its file, and those beside it that belong to it. */
export const readSpec = ({ id, spec = id, variants }: Subject, variant: string): SpecSource => {
  const known = new Map<string, SpecFile>();
  const wanted = [`spec/${spec}.ts`];
  for (const path of wanted) {
    if (known.has(path)) continue;
    const text = readFileSync(fileURLToPath(`${repositoryUrl}${path}`), 'utf8');
    known.set(path, { path, text });
    const imported = [...text.matchAll(/ from '#(spec\/[^']+)'/g)].map(([, module]) => module as string);
    wanted.push(...imported.filter((module) => module.startsWith(`spec/${spec}.`)));
  }
  const base = variants.find(({ name }) => name === variant)?.baselineOf;
  const others = variants.map(({ name }) => name).filter((name) => name !== variant && name !== base);
  return new SpecSource([...known.values()], others);
};

/** Every `.with(pattern, handler)` whose pattern names tags. */
const branchesOf = (text: string): Branch[] =>
  [...text.matchAll(/\.with\((?=\{ tag:)/g)].map((found) => {
    const inside = upToClosing(text.slice((found.index as number) + found[0].length));
    const arrow = inside.indexOf('=>');
    const pattern = inside.slice(0, arrow);
    const listed = /\.\.\.(\w+)/.exec(pattern)?.[1];
    const list = listed === undefined ? '' : (new RegExp(`const ${listed} = \\[([^\\]]*)\\]`).exec(text)?.[1] ?? '');
    const tags = [...`${pattern}${list}`.matchAll(/'([^']*)'/g)].map(([, tag]) => tag as string);
    return { tags, body: inside.slice(arrow) };
  });

/** The text up to the bracket that closes the one before it. */
const upToClosing = (text: string): string => {
  let depth = 1;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return text.slice(0, i);
  }
  return text;
};

/** A comment as text, and what follows `Source:` in it. */
const sayingOf = (comment: string): { readonly text: string; readonly source: string | null } => {
  const text = comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
    .join('\n')
    .trim();
  const [said, source] = text.split(/\bSources?(?: of every rule)?: /, 2);
  return { text: (said as string).trim(), source: source?.replaceAll('\n', ' ').trim() ?? null };
};

/** A place in what the spec says at its head that all is from: that is put before it. */
const placedIn = (own: string | null, head: string | null): string | null =>
  own !== null && head !== null && /^section /.test(own) ? `${head.split(';')[0]}, ${own}` : (own ?? head);

/** The comment that a file begins with. */
const headOf = (text: string): ReturnType<typeof sayingOf> | undefined => {
  const head = /^\/\*\*((?:(?!\*\/)[\s\S])*)\*\//.exec(text)?.[1];
  return head === undefined ? undefined : sayingOf(head);
};

/** A text without the sentences that are about other variants only: those from where a line begins with their name. */
const withoutOthers = (text: string, others: readonly string[]): string => {
  const parts = text.split(/(?<=\.)\n(?=`)/);
  const isOfOthers = (part: string): boolean => others.some((name) => part.startsWith(`\`${name}\``));
  return parts
    .filter((part) => !isOfOthers(part))
    .map(unwrapped)
    .join('\n\n');
};

/** Lines that go on joined with what they go on; paragraphs and the points of a list stay apart. */
const unwrapped = (text: string): string => text.replaceAll(/(?<!\n)\n(?!\n|- )/g, ' ');
