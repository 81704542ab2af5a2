/** Attacks on whoever unpacks a submission. None is graded: each is refused as it is read. */
import { gzipSync } from 'node:zlib';
import { longName, tarGzOf, tarOf, zipOf } from '#properties/attacks/archives.ts';

/** A hostile archive. */
export interface PackedAttack {
  readonly name: string;
  /** What it tries, in a sentence. */
  readonly tries: string;
  /** Its bytes, around the file that is judged. */
  archive(entry: string, source: string): Buffer;
}

const large = (megabytes: number): Buffer => Buffer.alloc(megabytes * 2 ** 20, 'a');

export const packed: readonly PackedAttack[] = [
  {
    name: 'zip-bomb',
    tries: 'grows a thousandfold',
    archive: (entry) => zipOf([{ name: entry, bytes: large(8) }]),
  },
  {
    name: 'zip-that-lies',
    tries: 'says that it is small',
    archive: (entry) => zipOf([{ name: entry, bytes: large(8), claimedBytes: 100 }]),
  },
  {
    name: 'zip-of-one-file-a-hundred-times',
    tries: 'names the same bytes again and again',
    archive: (entry, source) =>
      zipOf([
        { name: entry, bytes: Buffer.from(source) },
        ...Array.from({ length: 100 }, (_, i) => ({ name: `f${i}.ts`, bytes: Buffer.from(source), sharesWith: 0 })),
      ]),
  },
  {
    name: 'zip-that-climbs',
    tries: 'is unpacked over files of the grader',
    archive: (entry, source) =>
      zipOf([
        { name: entry, bytes: Buffer.from(source) },
        { name: '../../../reports/grade/graded.ts', bytes: Buffer.from('0') },
      ]),
  },
  {
    name: 'zip-with-a-link',
    tries: 'is read as a file of the grader',
    archive: (entry) => zipOf([{ name: entry, bytes: Buffer.from('/etc/passwd'), mode: 0o120777 }]),
  },
  {
    name: 'zip-with-two-of-a-name',
    tries: 'shows one file to one reader and another to the next',
    archive: (entry, source) =>
      zipOf([
        { name: entry, bytes: Buffer.from(source) },
        { name: `./${entry.toUpperCase().replace('.TS', '.ts')}`, bytes: Buffer.from('') },
      ]),
  },
  {
    name: 'encrypted-zip',
    tries: 'asks for a password',
    archive: (entry, source) => zipOf([{ name: entry, bytes: Buffer.from(source), flags: 1 }]),
  },
  {
    name: 'gzip-bomb',
    tries: 'grows a thousandfold, beyond the end of the archive',
    archive: (entry, source) =>
      gzipSync(Buffer.concat([tarOf([{ name: entry, bytes: Buffer.from(source) }]), large(300)]), { level: 1 }),
  },
  {
    name: 'gzip-in-gzip',
    tries: 'grows again when it has been unpacked',
    archive: (entry, source) => gzipSync(tarGzOf([{ name: entry, bytes: Buffer.from(source) }])),
  },
  {
    name: 'tar-that-climbs',
    tries: 'is unpacked at the root of the disk',
    archive: (entry, source) =>
      tarGzOf([
        { name: entry, bytes: Buffer.from(source) },
        longName('/etc/cron.d/rendezvous'),
        { name: 'x', bytes: Buffer.from('0') },
      ]),
  },
  {
    name: 'tar-with-a-hard-link',
    tries: 'is read as a file of the grader',
    archive: (entry) => tarGzOf([{ name: entry, type: '1', link: '/etc/passwd' }]),
  },
  {
    name: 'tar-cut-off',
    tries: 'ends in the midst of the file',
    archive: (entry, source) => {
      const whole = tarGzOf([{ name: entry, bytes: Buffer.from(source) }]);
      return whole.subarray(0, whole.length - 20);
    },
  },
];
