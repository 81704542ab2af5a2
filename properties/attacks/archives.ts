import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

/** Archives made in memory, of which anything may be a lie. */

/** A file in a zip archive. What is absent is as an honest packer would have it. */
export interface ZipPart {
  readonly name: string | Buffer;
  readonly bytes: Buffer;
  readonly method?: number;
  readonly flags?: number;
  /** As Unix has it in `stat`: 0o120777 is a symbolic link. */
  readonly mode?: number;
  /** What the headers say of its size and checksum. */
  readonly claimedBytes?: number;
  readonly claimedChecksum?: number;
  /** Its bytes are not written, but those of the file of that index are pointed at. */
  readonly sharesWith?: number;
}

const deflate = 8;
const utf8Flag = 0x800;

/** A zip archive of these files. */
export const zipOf = (parts: readonly ZipPart[]): Buffer => {
  const body: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  for (const part of parts) {
    const { bytes, method = deflate, flags = utf8Flag, mode = 0o100644, sharesWith } = part;
    const name = Buffer.from(part.name);
    const packed = method === deflate ? deflateRawSync(bytes) : bytes;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(part.claimedChecksum ?? crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(part.claimedBytes ?? bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const offset = sharesWith === undefined ? at : (offsets[sharesWith] as number);
    offsets.push(offset);
    if (sharesWith === undefined) {
      const local = [Buffer.from('PK\x03\x04', 'latin1'), common, name, packed];
      body.push(...local);
      at += local.reduce((sum, { length }) => sum + length, 0);
    }
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, rest, name);
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...body, listing, end]);
};

/** An entry of a tar archive. */
export interface TarPart {
  readonly name: string;
  readonly bytes?: Buffer;
  /** `0` a file, `1` a hard link, `2` a symbolic link, `3` a device, `5` a folder, `6` a named pipe, `x` about the next. */
  readonly type?: string;
  readonly link?: string;
  readonly claimedBytes?: number;
}

const blockBytes = 512;

const tarHeader = ({ name, bytes, type = '0', link = '', claimedBytes }: TarPart): Buffer => {
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0, 100, 'utf8');
  header.write('0000644\0', 100, 'latin1');
  header.write(`${(claimedBytes ?? bytes?.length ?? 0).toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('00000000000\0', 136, 'latin1');
  header.write('        ', 148, 'latin1');
  header.write(type, 156, 'latin1');
  header.write(link, 157, 100, 'utf8');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
};

const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((blockBytes - (bytes.length % blockBytes)) % blockBytes)]);

/** The mark at the end of a tar archive. */
export const tarEnd = Buffer.alloc(2 * blockBytes);

/** A tar archive of these entries, without its end mark. */
export const tarWithoutEnd = (parts: readonly TarPart[]): Buffer =>
  Buffer.concat(parts.flatMap((part) => [tarHeader(part), padded(part.bytes ?? Buffer.alloc(0))]));

export const tarOf = (parts: readonly TarPart[]): Buffer => Buffer.concat([tarWithoutEnd(parts), tarEnd]);

export const tarGzOf = (parts: readonly TarPart[]): Buffer => gzipSync(tarOf(parts));

/** What precedes an entry to give it that name. */
export const longName = (path: string): TarPart => {
  const field = ` path=${path}\n`;
  const bytes = Buffer.byteLength(field);
  const digits = String(bytes + String(bytes).length).length;
  return { name: 'PaxHeader', type: 'x', bytes: Buffer.from(`${bytes + digits}${field}`) };
};
